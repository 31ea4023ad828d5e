public import KubeModel

/// Owner references as the garbage collector understands them: when all owners are gone, the object goes too.
extension KubeObject {
    /// Makes `owner` the one that manages this object; its reference is added or replaced.
    ///
    /// - Parameters:
    ///   - owner: as the server returned it.
    ///   - blockOwnerDeletion: a foreground deletion of the owner waits for this object.
    /// - Throws: ``RuntimeError`` `ownership` where another object is the controller already, where the owner has no
    ///   uid, kind or name yet, and where it lies in another namespace: the garbage collector would take it for gone
    ///   and delete this object.
    public mutating func setController(_ owner: KubeObject, blockOwnerDeletion: Bool = true) throws(RuntimeError) {
        if let current = controller, !current.isSame(as: owner) {
            throw RuntimeError(
                .ownership, message: "\(kind) \(key) is controlled by \(current.kind) \(current.name) already")
        }
        try refer(to: owner, isController: true, blockOwnerDeletion: blockOwnerDeletion)
    }

    /// Adds an owner beside the one that manages the object, or replaces its reference.
    /// - Throws: ``RuntimeError`` `ownership`, as ``setController(_:blockOwnerDeletion:)`` does.
    public mutating func addOwner(_ owner: KubeObject, blockOwnerDeletion: Bool = false) throws(RuntimeError) {
        try refer(to: owner, isController: false, blockOwnerDeletion: blockOwnerDeletion)
    }

    /// Removes the reference to `owner`, if there is one.
    public mutating func removeOwner(_ owner: KubeObject) { ownerReferences.removeAll { $0.isSame(as: owner) } }

    /// Whether exactly this `owner`, not one of the same name from before, manages the object.
    public func isControlled(by owner: KubeObject) -> Bool { !owner.uid.isEmpty && controller?.uid == owner.uid }

    private mutating func refer(
        to owner: KubeObject, isController: Bool, blockOwnerDeletion: Bool
    ) throws(RuntimeError) {
        if owner.uid.isEmpty || owner.kind.isEmpty || owner.name.isEmpty {
            throw RuntimeError(.ownership, message: "an owner needs a kind, a name and a uid")
        }
        if let namespace = owner.namespace, namespace != self.namespace {
            throw RuntimeError(
                .ownership, message: "\(kind) \(key) can't be owned by \(owner.kind) \(owner.key) of another namespace")
        }
        let reference = OwnerReference(
            apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid,
            controller: isController, blockOwnerDeletion: blockOwnerDeletion)
        if let at = ownerReferences.firstIndex(where: { $0.isSame(as: owner) }) {
            ownerReferences[at] = reference
        } else {
            ownerReferences.append(reference)
        }
    }
}

extension OwnerReference {
    /// The same group, kind and name. The version may change with the owner's API, the uid when it is made anew.
    fileprivate func isSame(as object: KubeObject) -> Bool {
        GroupVersion(apiVersion: apiVersion)?.group == object.groupVersion?.group && kind == object.kind
            && name == object.name
    }
}
