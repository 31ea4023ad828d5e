import KubeModel
import Synchronization

/// What is served now: the built-in resources and those of established CustomResourceDefinitions.
final class ResourceCatalog: Sendable {
    struct Key: Hashable, Sendable {
        var groupVersion: GroupVersion
        var plural: String
    }

    private struct State {
        /// In the order of discovery.
        var definitions: [ResourceDefinition]
        var index: [Key: Int] = [:]
    }

    private let state: Mutex<State>

    init(builtIn: [ResourceDefinition] = BuiltInResources.all) {
        state = Mutex(Self.indexed(builtIn))
    }

    private static func indexed(_ definitions: [ResourceDefinition]) -> State {
        var state = State(definitions: definitions)
        for (position, definition) in definitions.enumerated() {
            state.index[Key(groupVersion: definition.api.groupVersion, plural: definition.api.plural)] = position
        }
        return state
    }

    var definitions: [ResourceDefinition] { state.withLock { $0.definitions } }

    func find(_ groupVersion: GroupVersion, plural: String) -> ResourceDefinition? {
        state.withLock { state in
            state.index[Key(groupVersion: groupVersion, plural: plural)].map { state.definitions[$0] }
        }
    }

    func find(_ resource: APIResource) -> ResourceDefinition? { find(resource.groupVersion, plural: resource.plural) }

    /// The version of the resource that is stored, for machinery that works on the stored object.
    func find(_ id: ResourceID) -> ResourceDefinition? {
        state.withLock { $0.definitions.first { $0.id == id && $0.storedForm == nil } }
    }

    /// Replaces what is served for one CustomResourceDefinition; an empty list ends it.
    func register(_ definitions: [ResourceDefinition], ofDefinition name: String) {
        state.withLock { state in
            let others = state.definitions.filter { $0.custom?.definitionName != name }
            state = Self.indexed(others + definitions)
        }
    }
}
