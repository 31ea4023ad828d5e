import KubeModel

extension KubeObject {
    /// The object without what the server keeps about it: what people mean when they say that it changed.
    package var withoutServerFields: KubeObject {
        var object = self
        object.json["status"] = nil
        for field in ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp", "selfLink"] {
            object.json[path: ["metadata", field]] = nil
        }
        var annotations = object.annotations
        annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        if annotations.count != object.annotations.count { object.annotations = annotations }
        return object
    }
}
