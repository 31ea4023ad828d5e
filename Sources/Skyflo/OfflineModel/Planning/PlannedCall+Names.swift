import KubeModel

extension PlannedCall {
    /// The name of a parameter in a schema, by the name that plans use.
    private static let schemaNames = [
        "resource_type": "kind", "resource_name": "name", "pod_name": "name", "node_name": "name",
        "container_name": "container",
    ]

    /// With the names of parameters that a schema has.
    func named(by known: JSONObject) -> PlannedCall {
        guard let given = arguments.object else { return self }
        var call = self
        call.arguments = .object(
            JSONObject(
                given.map { key, value in
                    guard !known.contains(key), let name = Self.schemaNames[key], known.contains(name) else {
                        return (key, value)
                    }
                    return (name, value)
                }))
        return call
    }
}
