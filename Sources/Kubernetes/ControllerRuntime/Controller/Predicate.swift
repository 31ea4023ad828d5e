public import KubeModel

/// Which changes matter. Combine with `&&`, `||` and `!`.
///
/// A predicate is for changes that certainly need no reconcile. What it drops is not looked at again before the next
/// change or requeue.
public struct Predicate: Sendable {
    public let accepts: @Sendable (InformerEvent) -> Bool

    public init(_ accepts: @escaping @Sendable (InformerEvent) -> Bool) { self.accepts = accepts }

    public static let all = Predicate { _ in true }

    /// Updates for which `hasChanged` is true; all additions and deletions.
    public static func changed(
        _ hasChanged: @escaping @Sendable (_ old: KubeObject, _ new: KubeObject) -> Bool
    ) -> Predicate {
        Predicate { event in
            if case .updated(let old, let new) = event { hasChanged(old, new) } else { true }
        }
    }

    /// Updates that changed what `value` reads.
    public static func changed<Value: Equatable & SendableMetatype>(of value: @escaping @Sendable (KubeObject) -> Value)
        -> Predicate
    {
        .changed { value($0) != value($1) }
    }

    /// All but what a resync tells again. For what it drops, see ``InformerEvent/isResync``.
    public static let resourceVersionChanged = Predicate.changed(of: \.resourceVersion)

    /// `metadata.generation` changed: the spec did, or deletion began; status and metadata alone don't move it. Not for
    /// kinds without a generation (pods, config maps): it drops all their updates.
    public static let generationChanged = Predicate.changed(of: \.generation)
    public static let labelsChanged = Predicate.changed(of: \.labels)
    public static let annotationsChanged = Predicate.changed(of: \.annotations)

    /// Objects that match, or that did until this update.
    public static func labels(_ selector: LabelSelector) -> Predicate {
        Predicate { event in
            selector.matches(event.object.labels) || event.old.map { selector.matches($0.labels) } ?? false
        }
    }

    public static func && (a: Predicate, b: Predicate) -> Predicate { Predicate { a.accepts($0) && b.accepts($0) } }
    public static func || (a: Predicate, b: Predicate) -> Predicate { Predicate { a.accepts($0) || b.accepts($0) } }
    public static prefix func ! (a: Predicate) -> Predicate { Predicate { !a.accepts($0) } }
}
