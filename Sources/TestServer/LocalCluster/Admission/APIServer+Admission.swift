import KubeModel

extension APIServer {
    /// What asks the policies about each object that a call writes.
    func admission(_ call: ResourceCall, operation: AdmissionRequest.Operation, isDryRun: Bool) -> WriteAdmission {
        let policies = PolicyAdmission(store: store, catalog: catalog, authorizer: authorizer, cache: policyCache)
        let request = AdmissionRequest(
            operation: operation, resource: call.api, subresource: call.target.subresource ?? "",
            name: call.target.name ?? "", namespace: call.target.namespace ?? "", user: call.user, isDryRun: isDryRun)
        return { subject throws(APIStatus) in
            var subject = subject
            subject.object = subject.object.map { call.definition.shown($0) }
            subject.old = subject.old.map { call.definition.shown($0) }
            var request = request
            if request.name.isEmpty, request.operation == .create, let object = subject.object,
                object.metadata["generateName"] == nil
            {
                request.name = object.name
            }
            if request.isNamespace { request.namespace = request.name }
            return try policies.review(request, subject: subject)
        }
    }
}

/// Asks whether an object may be written. Returns warnings.
typealias WriteAdmission = @Sendable (AdmissionObjects) throws(APIStatus) -> [String]
