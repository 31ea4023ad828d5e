import KubeModel

/// What a preview was made of: the target's content before and after the request, as keyed hashes.
///
/// An approval lives as long as both stay equal. The status of a live workload moves all the time, and with it the
/// resourceVersion; that alone is no reason to ask again.
public struct PreviewedContent: Sendable, Hashable {
    /// Of the target as it was when the request was planned.
    public var before: String
    /// Of what the server's dry run made of it.
    public var after: String

    /// - Parameter after: nil for a deletion.
    init(before: KubeObject, after: KubeObject?, redactor: Redactor) {
        self.before = redactor.contentHash(of: before)
        self.after = redactor.contentHash(of: after)
    }

    var json: JSONValue { ["before": .string(before), "after": .string(after)] }

    init?(json: JSONValue) {
        guard let before = json["before"]?.string, let after = json["after"]?.string else { return nil }
        self.before = before
        self.after = after
    }
}

extension Redactor {
    /// `hmac-sha256:` and the keyed hash of everything in an object but its status and what the server keeps about its
    /// writing. Keyed, because anybody could try values against a plain hash of a Secret.
    func contentHash(of object: KubeObject?) -> String {
        "hmac-sha256:" + hash(object.map { JSONWriter.bytes($0.content.json, .canonical) } ?? [])
    }
}

extension KubeObject {
    /// Everything but status and bookkeeping. Labels, annotations, finalizers and a deletion that has begun are content.
    fileprivate var content: KubeObject {
        var object = self
        object.json["status"] = nil
        for field in ["managedFields", "resourceVersion", "generation", "selfLink"] {
            object.json[path: ["metadata", field]] = nil
        }
        return object
    }
}
