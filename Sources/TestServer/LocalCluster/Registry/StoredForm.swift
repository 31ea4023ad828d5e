import KubeModel

/// The one form in which objects of a kind are stored that has several group versions. Each conversion changes members
/// only; apiVersion and metadata are the caller's.
struct StoredForm: Sendable {
    var api: APIResource
    /// From what is stored to what the group version shows.
    var show: @Sendable (inout JSONValue) -> Void
    var store: @Sendable (inout JSONValue) -> Void
}
