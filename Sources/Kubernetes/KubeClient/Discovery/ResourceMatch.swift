public import KubeModel

/// The resources that a name may mean: the one that `kubectl` takes, and those that it could have meant as well.
public struct ResourceMatch: Sendable, Hashable {
    /// The resource that `kubectl` takes.
    public var resource: APIResource
    /// The resources of other groups that have the same name, as a plural, singular, kind or short name. Where the name
    /// was given with a group, they weren't meant, but somebody may look for their objects.
    public var others: [APIResource]
    /// Whether the name said which group is meant.
    public var isQualified: Bool

    /// Makes a match of its parts.
    public init(_ resource: APIResource, others: [APIResource] = [], isQualified: Bool = true) {
        self.resource = resource
        self.others = others
        self.isQualified = isQualified
    }
}
