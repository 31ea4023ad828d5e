import KubeModel
import KubeSchema

extension FuzzTarget {
    private static let deployment: JSONValue = [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "labels": ["a": "b"]],
        "spec": [
            "replicas": 2, "selector": ["matchLabels": ["app": "web"]],
            "template": [
                "metadata": ["labels": ["app": "web"]],
                "spec": [
                    "containers": [
                        [
                            "name": "a", "image": "x", "args": ["1", "2"],
                            "ports": [["containerPort": 80, "protocol": "TCP"]],
                            "env": [["name": "E", "value": "1"], ["name": "F"]],
                        ], ["name": "b", "image": "y"],
                    ], "tolerations": [["key": "k", "operator": "Exists"]],
                    "volumes": [["name": "v", "emptyDir": [:]]],
                ],
            ],
        ],
    ]

    private static let schema = BuiltInSchemas.schema(
        GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))

    private static let words = [
        "a", "b", "name", "containers", "spec", "template", "$patch", "delete", "replace", "merge", "$retainKeys",
        "$setElementOrder/containers", "$deleteFromPrimitiveList/args", "TCP", "protocol", "containerPort", "metadata",
        "labels", "-", "0", "1", "",
    ]

    /// Inputs are objects with these members, each made of its own seed value.
    private static func tree(
        _ name: String, _ seeds: KeyValuePairs<String, [JSONValue]>,
        _ check: @escaping @Sendable (JSONValue) throws -> Void
    ) -> FuzzTarget {
        let seeds = seeds.map { ($0.key, $0.value) }
        let mutator = TreeMutator(words: words)
        return FuzzTarget(
            name: name, words: words,
            generate: { random in
                let members = seeds.map { key, values in
                    (key, mutator.next(values[random.below(values.count)], &random))
                }
                return JSONWriter.bytes(.object(JSONObject(members)))
            },
            check: { input in
                if let value = try? JSONParser.parse(input) { try check(value) }
            })
    }

    /// Nothing but a result or an error, of a size that can be written.
    static let jsonPatch = tree(
        "json-patch",
        [
            "document": [deployment, ["a": [1, 2, ["b": 3]]]],
            "patch": [
                [
                    ["op": "add", "path": "/spec/template/spec/containers/-", "value": ["name": "c"]],
                    ["op": "test", "path": "/spec/replicas", "value": 2], ["op": "remove", "path": "/metadata/labels"],
                    ["op": "move", "from": "/spec/selector", "path": "/spec/x"],
                ],
                [
                    ["op": "copy", "from": "", "path": "/a"], ["op": "copy", "from": "", "path": "/a"],
                    ["op": "replace", "path": "/a", "value": 1], ["op": "add", "path": "/a~1b", "value": []],
                ],
            ],
        ]
    ) { input in
        guard let patch = try? JSONPatch(input["patch"] ?? .null),
            let result = try? patch.apply(to: input["document"] ?? .null)
        else { return }
        try require(try JSONParser.parse(JSONWriter.bytes(result)) == result, "the result can't be written")
    }

    /// RFC 7396: a patch applied twice is applied once; a difference applied to the one gives the other.
    static let mergePatch = tree("merge-patch", ["document": [deployment], "patch": [deployment]]) { input in
        let (document, patch) = (input["document"] ?? .null, input["patch"] ?? .null)
        let once = MergePatch.apply(patch, to: document)
        try require(MergePatch.apply(patch, to: once) == once, "applied twice it changes more")
        guard document.object != nil, once.object != nil, !hasNull(once) else { return }
        let difference = MergePatch.diff(from: document, to: once)
        try require(MergePatch.apply(difference, to: document) == once, "the difference gives another value")
    }

    /// A merge patch can't express a null.
    private static func hasNull(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .array(let elements): elements.contains(where: hasNull)
        case .object(let members): members.contains { hasNull($0.value) }
        default: false
        }
    }

    static let strategicMergePatch = tree(
        "strategic-merge-patch",
        [
            "document": [deployment],
            "patch": [
                deployment,
                [
                    "spec": [
                        "template": [
                            "spec": [
                                "$setElementOrder/containers": [["name": "b"], ["name": "a"]],
                                "containers": [["name": "a", "$patch": "delete"], ["name": "c", "image": "z"]],
                                "volumes": [["$patch": "replace"], ["name": "w"]],
                            ]
                        ]
                    ]
                ],
            ],
        ]
    ) { input in
        _ = try? StrategicMergePatch.apply(input["patch"] ?? .null, to: input["document"] ?? .null, schema: schema)
        _ = try? StrategicMergePatch.apply(input["patch"] ?? .null, to: input["document"] ?? .null, schema: nil)
    }

    /// Whoever applies the same twice changes nothing the second time, and nobody owns what isn't there.
    static let serverSideApply = tree(
        "server-side-apply", ["live": [deployment], "a": [deployment], "b": [deployment], "c": [deployment]]
    ) { input in
        var live: JSONValue?
        for (manager, key) in [("m", "live"), ("n", "a"), ("m", "b"), ("o", "c"), ("n", "live")] {
            let config = input[key] ?? .null
            guard let once = try? apply(config, to: live, manager) else { continue }
            let twice = try? apply(config, to: once, manager)
            try require(twice == once, "\(manager) applying \(key) again changes it")
            let entries = once["metadata", "managedFields"]?.array ?? []
            let names = entries.map { "\($0["manager"] ?? "") \($0["operation"] ?? "") \($0["subresource"] ?? "")" }
            try require(Set(names).count == names.count, "a manager has two entries: \(names)")
            live = once
        }
    }

    private static func apply(_ config: JSONValue, to live: JSONValue?, _ manager: String) throws -> JSONValue {
        try ServerSideApply.apply(
            config, to: live, manager: manager, force: true, subresource: nil, time: KubeTime(microseconds: 0),
            schema: schema)
    }
}
