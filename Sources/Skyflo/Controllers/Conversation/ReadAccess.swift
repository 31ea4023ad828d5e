import KubeClient
import KubeModel

/// The cluster for those parts of a turn that may look at it and change nothing: always as somebody, never as the operator.
struct ReadAccess: Sendable {
    private let api: any KubeAPI

    init(_ api: any KubeAPI) { self.api = api }

    func acting(for identity: Impersonation) -> ReadOnlyAPI { ReadOnlyAPI(api.impersonating(identity)) }
}
