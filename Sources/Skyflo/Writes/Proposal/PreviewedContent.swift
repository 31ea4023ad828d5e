import KubeModel
import SkyfloAPI

extension PreviewedContent {
    /// - Parameter after: nil for a deletion.
    init(before: KubeObject, after: KubeObject?, redactor: Redactor) {
        self.init(before: redactor.contentHash(of: before), after: redactor.contentHash(of: after))
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
