import KubeModel
import Logging

/// Makes CustomResourceDefinitions served, and deletes the objects of one that goes.
struct DefinitionController: Sendable {
    let storage: ObjectStorage
    let logger: Logger

    private var store: ClusterStore { storage.store }

    func handle(_ event: StoreEvent) {
        let object = event.object.object
        guard event.resource == APIResource.customResourceDefinitions.id else {
            if event.kind == .deleted { finishDefinition(of: event.resource) }
            return
        }
        switch event.kind {
        case .deleted:
            storage.catalog.register([], ofDefinition: object.name)
            store.drop(Self.resource(object))
            retryRefused(group: object["spec", "group"])
        case .added, .modified:
            if object.isBeingDeleted { deleteInstances(of: object) } else { establish(object) }
        }
    }

    /// Names that went may be what another definition waits for.
    private func retryRefused(group: JSONValue?) {
        for crd in store.list(APIResource.customResourceDefinitions.id).items.map(\.object)
        where crd["spec", "group"] == group && !Conditions.isTrue("NamesAccepted", object: crd) && !crd.isBeingDeleted {
            establish(crd)
        }
    }

    private static func resource(_ crd: KubeObject) -> ResourceID {
        ResourceID(crd["spec", "group"]?.string ?? "", plural: crd["spec", "names", "plural"]?.string ?? "")
    }

    private func establish(_ crd: KubeObject) {
        let group = crd["spec", "group"]
        let others = store.list(APIResource.customResourceDefinitions.id).items.map(\.object)
            .filter { $0.name != crd.name && $0["spec", "group"] == group }
            .compactMap { $0["status", "acceptedNames"] }
        let accepted = AcceptedNames(crd, others: others)
        if accepted.conflict == nil || Conditions.isTrue("Established", object: crd) {
            storage.catalog.register(CustomResources.definitions(of: crd), ofDefinition: crd.name)
        }
        update(crd, part: .status) { object in
            var status = object.json["status"] ?? .object([:])
            status["acceptedNames"] = accepted.names
            status["conditions"] = .array(Self.conditions(status["conditions"]?.array ?? [], names: accepted))
            let storageVersions = (object["spec", "versions"]?.array ?? []).filter { $0["storage"]?.bool == true }
            let known = status["storedVersions"]?.array ?? []
            let new = storageVersions.compactMap { $0["name"] }.filter { !known.contains($0) }
            status["storedVersions"] = .array(known + new)
            object.json["status"] = status
        }
    }

    /// What is established stays so, whatever becomes of its names.
    private static func conditions(_ existing: [JSONValue], names: AcceptedNames) -> [JSONValue] {
        var conditions = existing
        func set(_ type: String, isTrue: Bool, reason: String, message: String) {
            let at = conditions.firstIndex { $0["type"]?.string == type }
            let condition: JSONValue = [
                "type": .string(type), "status": isTrue ? "True" : "False",
                "lastTransitionTime": .string(KubeTime.now().description), "reason": .string(reason),
                "message": .string(message),
            ]
            guard let at else { return conditions.append(condition) }
            let before = conditions[at]
            if before["status"] == condition["status"], before["reason"] == condition["reason"] { return }
            conditions[at] = condition
        }
        if let conflict = names.conflict {
            set("NamesAccepted", isTrue: false, reason: conflict.reason, message: conflict.message)
            let isEstablished = conditions.contains { $0["type"] == "Established" && $0["status"] == "True" }
            if !isEstablished {
                set("Established", isTrue: false, reason: "NotAccepted", message: "not all names are accepted")
            }
        } else {
            set("NamesAccepted", isTrue: true, reason: "NoConflicts", message: "no conflicts found")
            set(
                "Established", isTrue: true, reason: "InitialNamesAccepted",
                message: "the initial names have been accepted")
        }
        return conditions
    }

    private func deleteInstances(of crd: KubeObject) {
        let id = Self.resource(crd)
        guard let definition = storage.catalog.find(id) else { return finish(crd) }
        for instance in store.list(id).items where !instance.object.isBeingDeleted {
            storage.attempt(logger, what: "deletion of \(crd.name)") { () throws(APIStatus) in
                _ = try storage.delete(definition, key: instance.object.key)
            }
        }
        if store.list(id).items.isEmpty { finish(crd) }
    }

    private func finishDefinition(of id: ResourceID) {
        guard let name = storage.catalog.find(id)?.custom?.definitionName,
            let crd = store.get(.customResourceDefinitions, name: name)?.object, crd.isBeingDeleted,
            store.list(id).items.isEmpty
        else { return }
        finish(crd)
    }

    private func finish(_ crd: KubeObject) {
        update(crd, part: .main) { object in
            object.finalizers = object.finalizers.filter { $0 != CustomResourceDefinitionStrategy.cleanupFinalizer }
        }
    }

    private func update(_ crd: KubeObject, part: ObjectStorage.Part, body: (inout KubeObject) -> Void) {
        guard let definition = storage.catalog.find(.customResourceDefinitions) else { return }
        storage.attempt(logger, what: "CustomResourceDefinition \(crd.name)") { () throws(APIStatus) in
            _ = try storage.update(definition, key: crd.key, part: part, options: .controller("kube-apiserver")) {
                live in
                var object = live
                body(&object)
                return object
            }
        }
    }
}
