import KubeModel
import KubeSchema

extension APIServer {
    func create(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        _ = try call.format()
        let decoder = BodyDecoder(request: call.request)
        var options = try call.writeOptions("CreateOptions", source: .put)
        options.admit = admission(call, operation: .create, isDryRun: options.isDryRun)
        options.duplicates = decoder.duplicates
        var body: JSONValue
        do throws(APIStatus) {
            body = try decoder.object(call.definition, namespace: call.target.namespace, catalog: catalog)
        } catch {
            return Self.unreadable(error, decoder: decoder, for: call, options: options)
        }
        if let name = call.target.name { body[path: ["metadata", "name"]] = .string(name) }
        if call.api.namespaced, call.target.namespace == nil { throw .methodNotAllowed }
        try checkEscalation(KubeObject(body), for: call)
        do throws(APIStatus) {
            let result = try storage.create(
                body, definition: call.definition, namespace: call.target.namespace, options: options)
            return try answer(result.object, for: call, status: 201, warnings: result.warnings)
        } catch {
            return refusal(error, of: body, for: call, options: options)
        }
    }

    /// A custom object in another version is warned about, too: no schema knows any of its members.
    private static func unreadable(
        _ status: APIStatus, decoder: BodyDecoder, for call: ResourceCall, options: WriteRequestOptions
    ) -> APIResponse {
        var response = APIResponse.failure(status)
        guard call.definition.isCustom, options.fieldValidation == .warn, let body = try? decoder.value(),
            body["apiVersion"]?.string != call.api.apiVersion
        else { return response }
        let members = (body.object ?? [:]).keys.filter { !["apiVersion", "kind", "metadata"].contains($0) }
        response.headers += warningHeaders(members.map { "unknown field \"\($0)\"" })
        return response
    }

    /// A refused object is warned about, too.
    private func refusal(
        _ status: APIStatus, of body: JSONValue, for call: ResourceCall, options: WriteRequestOptions
    ) -> APIResponse {
        var response = APIResponse.failure(status)
        guard status.code == 422, options.fieldValidation == .warn else { return response }
        var object = KubeObject(body)
        let warnings = try? storage.prune(&object, definition: call.definition, options: options, name: object.name)
        response.headers += Self.warningHeaders(warnings ?? [])
        return response
    }

    // MARK: PUT

    func replace(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        _ = try call.format()
        let decoder = BodyDecoder(request: call.request)
        var options = try call.writeOptions("UpdateOptions", source: .put)
        options.admit = admission(call, operation: .update, isDryRun: options.isDryRun)
        options.duplicates = decoder.duplicates
        let body = try decoder.object(call.definition, namespace: call.target.namespace, catalog: catalog)
        try checkName(body, for: call)
        try checkEscalation(KubeObject(body), for: call)
        let strategy = call.definition.strategy
        if store.get(call.definition.id, key: call.key) == nil, strategy.createsOnUpdate, call.target.subresource == nil
        {
            options.admit = admission(call, operation: .create, isDryRun: options.isDryRun)
            let result = try storage.create(
                body, definition: call.definition, namespace: call.target.namespace, options: options)
            return try answer(result.object, for: call, status: 201, warnings: result.warnings)
        }
        let result = try storage.update(call.definition, key: call.key, part: call.part, options: options) {
            live throws(APIStatus) in
            let object = KubeObject(body)
            if object.resourceVersion.isEmpty, !strategy.allowsUnconditionalUpdate {
                throw .invalid(
                    group: call.api.group, kind: call.api.plural, name: live.name,
                    errors: [.invalid("metadata.resourceVersion", value: 0, detail: "must be specified for an update")])
            }
            return object
        }
        return try answer(result.object, for: call, warnings: result.warnings)
    }

    private func checkNamespace(_ body: JSONValue, for call: ResourceCall) throws(APIStatus) {
        guard call.api.namespaced, let own = body["metadata", "namespace"]?.string, !own.isEmpty,
            own != call.target.namespace
        else { return }
        throw .otherNamespace
    }

    private func checkName(_ body: JSONValue, for call: ResourceCall) throws(APIStatus) {
        let name = body["metadata", "name"]?.string ?? ""
        guard !name.isEmpty, name != call.key.name else { return }
        throw .badRequest("the name of the object (\(name)) does not match the name on the URL (\(call.key.name))")
    }

    // MARK: PATCH

    func patch(_ call: ResourceCall) throws(APIStatus) -> APIResponse {
        _ = try call.format()
        let patch = try PatchBody(call)
        if case .apply(let config) = patch { return try applyToCurrent(config, for: call) }
        if call.request[query: "force"] != nil {
            throw .invalidOptions(
                "PatchOptions", error: .forbidden("force", detail: "may not be specified for non-apply patch"))
        }
        var options = try call.writeOptions("PatchOptions", source: .patch)
        if case .strategic(let json) = patch { options.strategicPatch = json }
        options.admit = admission(call, operation: .update, isDryRun: options.isDryRun)
        let result = try storage.update(call.definition, key: call.key, part: call.part, options: options) {
            live throws(APIStatus) in
            var json = try patch.applied(to: live.json, schema: call.definition.schema)
            if call.definition.isCustom, let kind = json["kind"]?.string, kind != live.kind {
                throw .otherKind(kind, resource: call.api, name: live.name)
            }
            try checkName(json, for: call)
            try checkNamespace(json, for: call)
            json["kind"] = live.json["kind"]
            json["apiVersion"] = .string(call.api.apiVersion)
            let object = KubeObject(json)
            try checkEscalation(object, for: call)
            return object
        }
        return try answer(result.object, for: call, warnings: result.warnings)
    }

    private func apply(_ config: JSONValue, for call: ResourceCall) throws(APIStatus) -> APIResponse {
        var options = try call.writeOptions("PatchOptions", source: .apply)
        options.admit = admission(call, operation: .update, isDryRun: options.isDryRun)
        guard let manager = call.request[query: "fieldManager"], !manager.isEmpty else {
            throw .invalidOptions(
                "PatchOptions", error: .required("fieldManager", detail: "is required for apply patch"))
        }
        var config = config
        try check(&config, for: call)
        let force = call.request.flag("force")
        func merged(_ live: JSONValue?) throws(APIStatus) -> JSONValue {
            try ServerSideApply.apply(
                config, to: live, manager: manager, force: force, subresource: call.part.subresource, time: .now(),
                schema: call.definition.schema)
        }
        guard store.get(call.definition.id, key: call.key) != nil else {
            guard call.target.subresource == nil else { throw .notFound(call.api, name: call.key.name) }
            if config["metadata", "uid"] != nil {
                throw .conflict(call.api, name: call.key.name, why: "uid mismatch: the object does not exist")
            }
            options.admit = admission(call, operation: .create, isDryRun: options.isDryRun)
            let created = try merged(nil)
            try checkEscalation(KubeObject(created), for: call)
            let result = try storage.createApplied(
                created, definition: call.definition, namespace: call.target.namespace, options: options)
            return try answer(result.object, for: call, status: 201, warnings: result.warnings)
        }
        let result = try storage.update(call.definition, key: call.key, part: call.part, options: options) {
            live throws(APIStatus) in
            let object = KubeObject(try merged(live.json))
            try checkEscalation(object, for: call)
            return object
        }
        return try answer(result.object, for: call, warnings: result.warnings)
    }

    /// Applies to what there is. Where somebody deletes or creates the object meanwhile, it is applied to what there is then, as
    /// the API server does: an apply of a whole object is never told that it doesn't exist.
    private func applyToCurrent(_ config: JSONValue, for call: ResourceCall) throws(APIStatus) -> APIResponse {
        for _ in 0..<8 {
            let existed = store.get(call.definition.id, key: call.key) != nil
            do throws(APIStatus) {
                return try apply(config, for: call)
            } catch {
                let isOvertaken = existed ? error.isNotFound : error.reason == .alreadyExists
                guard isOvertaken, call.target.subresource == nil else { throw error }
            }
        }
        return try apply(config, for: call)
    }

    private func check(_ config: inout JSONValue, for call: ResourceCall) throws(APIStatus) {
        let version = config["apiVersion"]?.string ?? ""
        let kind = config["kind"]?.string ?? ""
        guard !version.isEmpty, !kind.isEmpty else {
            let parts = GroupVersion(apiVersion: version)
            throw .badRequest("invalid object type: \(parts?.group ?? "")/\(parts?.version ?? ""), Kind=\(kind)")
        }
        guard version == call.api.apiVersion, kind == call.api.kind else {
            throw .badRequest("invalid object type: \(version), Kind=\(kind)")
        }
        try checkName(config, for: call)
        if config["metadata", "managedFields"] != nil { throw .badRequest("metadata.managedFields must be nil") }
        config[path: ["metadata", "name"]] = .string(call.key.name)
        if call.api.namespaced {
            config[path: ["metadata", "namespace"]] = call.target.namespace.map(JSONValue.string)
        }
    }
}

extension ResourceCall {
    /// What the path lets a write change.
    var part: ObjectStorage.Part {
        switch target.subresource {
        case "status": .status
        case "finalize": .whole
        case "ephemeralcontainers": .ephemeralContainers
        default: .main
        }
    }
}
