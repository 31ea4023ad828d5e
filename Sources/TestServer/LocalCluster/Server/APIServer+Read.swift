import KubeModel
import KubeSchema

extension APIServer {
    func get(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        try answer(try storage.live(call.definition, key: call.key).object, for: call)
    }

    // MARK: List

    func list(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        try answer(try page(call, selection: try selection(call)), for: call)
    }

    /// A page of a list in the form that was asked for.
    func answer(_ page: Page, for call: ResourceCall) throws(APIStatus) -> APIResponse {
        switch try call.format() {
        case .table:
            let metadata = JSONValue.compact([
                "resourceVersion": .string(String(page.version)), "continue": page.token.map(JSONValue.string),
                "remainingItemCount": page.remaining.map { JSONValue($0) },
            ])
            return .json(try tableEncoder(call).table(page.objects, metadata: metadata))
        case .partialMetadata:
            return .json([
                "kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1",
                "metadata": listMetadata(page, isCustom: false),
                "items": .array(page.objects.map(TableEncoder.partial)),
            ])
        case .yaml:
            return APIResponse(
                contentType: "application/yaml", Array(YAML.format(listJSON(call, page: page), sorted: true).utf8))
        case .json: return .json(listJSON(call, page: page))
        }
    }

    private func listJSON(_ call: ResourceCall, page: Page) -> JSONValue {
        let isCustom = call.definition.isCustom
        let items = page.objects.map { object -> JSONValue in
            let object = call.definition.shown(object)
            if isCustom { return object.json }
            // Items of a typed list have no type of their own.
            var members = object.json
            members["kind"] = nil
            members["apiVersion"] = nil
            return members
        }
        return [
            "kind": .string(call.definition.listKind), "apiVersion": .string(call.api.apiVersion),
            "metadata": listMetadata(page, isCustom: isCustom), "items": .array(items),
        ]
    }

    private func listMetadata(_ page: Page, isCustom: Bool) -> JSONValue {
        .compact([
            "resourceVersion": .string(String(page.version)),
            "continue": page.token.map(JSONValue.string) ?? (isCustom ? "" : nil),
            "remainingItemCount": page.remaining.map { JSONValue($0) },
        ])
    }

    func selection(_ call: ResourceCall) throws(APIStatus) -> Selection {
        var selection = Selection(
            namespace: call.api.namespaced ? call.target.namespace : nil, fieldPaths: call.definition.fields)
        if let text = call.request[query: "labelSelector"], !text.isEmpty {
            do throws(LabelSelector.Failure) {
                selection.labels = try LabelSelector(parsing: text)
            } catch {
                throw .badRequest(error.description)
            }
        }
        if let text = call.request[query: "fieldSelector"], !text.isEmpty {
            selection.fields = try ServedFieldSelector(parsing: text)
            try call.definition.fields.check(selection.fields)
        }
        // The old watch path of one object.
        if call.info.verb == "watch", let name = call.target.name {
            selection.fields.terms.append(.init(field: "metadata.name", value: name, isNegated: false))
        }
        return selection
    }

    struct Page {
        var objects: [KubeObject]
        var version: UInt64
        var token: String?
        var remaining: Int?
    }

    private func page(_ call: ResourceCall, selection: Selection) throws(APIStatus) -> Page {
        let options = try ListRequestOptions(call.request)
        let all = try snapshot(call, options: options)
        let namespace = selection.namespace
        let last = options.token?.key(in: namespace)
        let matching = all.items.filter { stored in
            last.map { $0 < stored.key } ?? true && selection.matches(stored)
        }
        guard let limit = options.limit, matching.count > limit else {
            return Page(objects: matching.map(\.object), version: all.version)
        }
        let objects = matching.prefix(limit).map(\.object)
        let token = objects.last.map { ContinueToken(version: all.version, after: $0.key, in: namespace).text }
        // With a selector a real server doesn't count what it hasn't looked at.
        let isFiltered = !selection.labels.requirements.isEmpty || !selection.fields.terms.isEmpty
        return Page(
            objects: objects, version: all.version, token: token,
            remaining: isFiltered ? nil : matching.count - limit)
    }

    private func snapshot(
        _ call: ResourceCall, options: ListRequestOptions
    ) throws(APIStatus) -> (items: [StoredObject], version: UInt64) {
        let namespace = call.api.namespaced ? call.target.namespace : nil
        let exact = options.token?.version ?? (options.isExact ? options.version : nil)
        let current = store.list(call.definition.id, namespace: namespace)
        if let wanted = options.version, wanted > current.version { throw options.tooLarge(current.version) }
        guard let exact else { return current }
        guard let items = store.list(call.definition.id, namespace: namespace, at: exact) else {
            throw options.token.map(ListRequestOptions.tokenTooOld) ?? ListRequestOptions.versionTooOld
        }
        return (items, exact)
    }

    // MARK: Watch

    func watch(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        let options = try WatchRequestOptions(call.request)
        let format = try call.format()
        let stream = WatchStream(
            store: store, definition: call.definition, selection: try selection(call), options: options,
            format: format, table: try tableEncoder(call))
        return APIResponse(watch: stream)
    }
}
