public import KubeClient
public import KubeModel

/// Finalizers keep a deleted object until what belongs to it is cleaned up. They are patched under the version that was
/// read: the list has several writers, and one must not undo what another did.
extension KubeAPI {
    /// Sees to it that the object has the finalizer.
    ///
    /// - Parameters:
    ///   - name: The finalizer, a name with a domain.
    ///   - object: The object as it was read.
    ///   - resource: The resource of the object.
    /// - Returns: The object as it is then; `object` itself where it has the finalizer already.
    /// - Throws: `APIStatus`: 409 where the object has changed since (read and try again); also what the server
    ///   refuses: a deleted object gets no new finalizers. ``RuntimeError`` `misuse` where `object` has no
    ///   resourceVersion.
    public func addFinalizer(
        _ name: String, to object: KubeObject, in resource: APIResource
    ) async throws -> KubeObject {
        try await addFinalizers([name], to: object, in: resource)
    }

    /// Sees to it that the object hasn't the finalizer. It returns the object as it is then, or nil where it doesn't
    /// exist any more; the errors are those of ``addFinalizer(_:to:in:)``.
    public func removeFinalizer(
        _ name: String, from object: KubeObject, in resource: APIResource
    ) async throws -> KubeObject? {
        guard object.finalizers.contains(name) else { return object }
        do {
            let rest = object.finalizers.filter { $0 != name }
            let new = try await setFinalizers(rest, of: object, in: resource)
            return new.isBeingDeleted && new.finalizers.isEmpty ? nil : new
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    func addFinalizers(
        _ names: [String], to object: KubeObject, in resource: APIResource
    ) async throws -> KubeObject {
        let missing = names.filter { !object.finalizers.contains($0) }
        if missing.isEmpty { return object }
        return try await setFinalizers(object.finalizers + missing, of: object, in: resource)
    }

    private func setFinalizers(
        _ names: [String], of object: KubeObject, in resource: APIResource
    ) async throws -> KubeObject {
        guard !object.resourceVersion.isEmpty else {
            throw RuntimeError(
                .misuse, message: "finalizers are changed on an object as it was read, with its resourceVersion")
        }
        let metadata: JSONValue = [
            "resourceVersion": .string(object.resourceVersion),
            "finalizers": names.isEmpty ? .null : JSONValue(names),
        ]
        return try await patch(
            resource, namespace: object.namespace, name: object.name, patch: .merge(["metadata": metadata]))
    }
}
