import KubeModel

/// A hook of a release, as its record has it.
package struct ReleaseHook: Sendable {
    package enum Policy: String, Sendable {
        case beforeCreation = "before-hook-creation"
        case succeeded = "hook-succeeded"
        case failed = "hook-failed"
    }

    /// In ``ReleaseRecord/hooks``.
    package let position: Int
    /// Where the kind says what lists have, its items.
    package let objects: [KubeObject]
    package let weight: Int
    package let policies: Set<Policy>
    /// `Job/migrate`
    package let text: String
    fileprivate let name: String
    fileprivate let kind: String
}

extension ReleaseRecord {
    /// The objects of the manifest, in the order in which Helm installs them.
    ///
    /// - Throws: where a document isn't YAML of an object.
    package func objects() throws(HelmError) -> [KubeObject] {
        try Self.objects(in: ByteString(manifest), what: "the manifest of revision \(revision)")
    }

    /// In the order in which Helm deletes them, and which of them its annotation keeps.
    package func uninstallOrder() throws(HelmError) -> [(object: KubeObject, isKept: Bool)] {
        KindOrder.sorted(try objects(), isUninstall: true, kind: \.kind).map { ($0, Self.isKept($0)) }
    }

    /// Whether `helm.sh/resource-policy` says that the object stays when its release goes.
    package static func isKept(_ object: KubeObject) -> Bool {
        let policy = object.annotations["helm.sh/resource-policy"] ?? ""
        return GoText.trimmingSpaces(ByteString(policy)).text.lowercased() == "keep"
    }

    /// The hooks of an event, `pre-rollback`, in the order in which they run: by weight, then by name; those of both alike stay
    /// in the order of their kinds.
    ///
    /// - Throws: where a hook isn't YAML of an object.
    package func hooks(of event: String) throws(HelmError) -> [ReleaseHook] {
        var found: [ReleaseHook] = []
        for (position, hook) in hooks.enumerated()
        where hook["events"]?.array?.contains(.string(event)) ?? false {
            let policies = (hook["delete_policies"]?.array ?? []).compactMap {
                $0.string.flatMap(ReleaseHook.Policy.init)
            }
            let name = hook["name"]?.string ?? ""
            let kind = hook["kind"]?.string ?? ""
            found.append(
                ReleaseHook(
                    position: position, objects: try objects(ofHook: hook),
                    weight: hook["weight"]?.int ?? 0, policies: policies.isEmpty ? [.beforeCreation] : Set(policies),
                    text: "\(kind)/\(name)", name: name, kind: kind))
        }
        return KindOrder.sorted(found, kind: \.kind).enumerated().sorted { left, right in
            let (one, two) = (left.element, right.element)
            if one.weight != two.weight { return one.weight < two.weight }
            return one.name == two.name ? left.offset < right.offset : one.name < two.name
        }.map(\.element)
    }

    /// The objects of all hooks.
    ///
    /// - Throws: where a hook isn't YAML of an object.
    package func everyHookObject() throws(HelmError) -> [KubeObject] {
        var objects: [KubeObject] = []
        for hook in hooks { objects += try self.objects(ofHook: hook) }
        return objects
    }

    private func objects(ofHook hook: JSONValue) throws(HelmError) -> [KubeObject] {
        try Self.objects(
            in: ByteString(hook["manifest"]?.string ?? ""),
            what: "hook \(hook["name"]?.string ?? "") of revision \(revision)")
    }

    static func objects(in manifest: ByteString, what: String) throws(HelmError) -> [KubeObject] {
        var objects: [KubeObject] = []
        for document in ManifestSplitter.documents(of: manifest) {
            do throws(HelmError) {
                let value = try YAMLReader.value(of: document, keepsIntegers: true)
                if value.isNull { continue }
                let text = try GoJSONWriter.text(of: value, escapesHTML: false)
                guard let json = try? JSONParser.parse(text.bytes), json.object != nil else {
                    throw HelmError("it is no object")
                }
                objects += flatten(json)
            } catch {
                throw HelmError("\(what) can't be read: \(error.message.text)")
            }
        }
        for object in objects where object.kind.isEmpty || object.name.isEmpty || object.groupVersion == nil {
            throw HelmError("\(what) has an object without apiVersion, kind or name")
        }
        return objects
    }

    /// The items of a list, as kubectl's reader has them.
    private static func flatten(_ json: JSONValue) -> [KubeObject] {
        guard json["kind"]?.string?.hasSuffix("List") ?? false, let items = json["items"]?.array else {
            return [KubeObject(json)]
        }
        return items.flatMap(flatten)
    }
}
