import KubeModel
import SkyfloAPI

extension PreviewedContent {
    /// - Parameters:
    ///   - after: nil for a deletion.
    ///   - members: of the status that belong to it (``PlannedRequest/statusMembers``).
    init(before: KubeObject, after: KubeObject?, status members: Set<String> = [], redactor: Redactor) {
        self.init(
            before: redactor.contentHash(of: before, status: members),
            after: redactor.contentHash(of: after, status: members))
    }
}

extension Redactor {
    /// `hmac-sha256:` and the keyed hash of everything in an object but its status and what the server keeps about its
    /// writing. Keyed, because anybody could try values against a plain hash of a Secret.
    ///
    /// - Parameter members: of the status that count as well.
    func contentHash(of object: KubeObject?, status members: Set<String> = []) -> String {
        "hmac-sha256:"
            + hash(object.map { JSONWriter.bytes($0.content(status: members).json, options: .canonical) } ?? [])
    }
}

extension KubeObject {
    /// Everything but status and bookkeeping. Labels, annotations, finalizers and a deletion that has begun are content.
    fileprivate func content(status members: Set<String>) -> KubeObject {
        var object = self
        object.json["status"] = keptStatus(members)
        for field in ["managedFields", "resourceVersion", "generation", "selfLink"] {
            object.json[path: ["metadata", field]] = nil
        }
        return object
    }
}
