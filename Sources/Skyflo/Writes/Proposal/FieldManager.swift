import KubeModel

package enum FieldManager {
    /// - Parameter strict: unknown and duplicate fields are an error; by default the server drops them with a warning.
    package static func query(strict: Bool) -> [KubeRequest.QueryItem] {
        var query = [KubeRequest.QueryItem("fieldManager", value: KubernetesBackend.fieldManager)]
        if strict { query.append(KubeRequest.QueryItem("fieldValidation", value: "Strict")) }
        return query
    }
}
