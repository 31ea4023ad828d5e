public import KubeModel

/// A choice of the changes that matter. Predicates are combined with `&&`, `||` and `!`.
///
/// A predicate is for changes that certainly need no reconcile. What it drops is not looked at again before the next
/// change or requeue.
public struct Predicate: Sendable {
    /// Whether a change matters. It is called for each event, in order, and must not block.
    public let accepts: @Sendable (InformerEvent) -> Bool

    /// Makes a predicate of a function.
    public init(_ accepts: @escaping @Sendable (InformerEvent) -> Bool) { self.accepts = accepts }

    /// Accepts every change.
    public static let all = Predicate { _ in true }

    /// Accepts updates for which `hasChanged` is true; all additions and deletions.
    public static func changed(
        _ hasChanged: @escaping @Sendable (_ old: KubeObject, _ new: KubeObject) -> Bool
    ) -> Predicate {
        Predicate { event in
            if case .updated(let old, let new) = event { hasChanged(old, new) } else { true }
        }
    }

    /// Accepts updates that changed what `value` reads; all additions and deletions.
    public static func changed<Value: Equatable & SendableMetatype>(of value: @escaping @Sendable (KubeObject) -> Value)
        -> Predicate
    {
        .changed { value($0) != value($1) }
    }

    /// Accepts all but what a resync tells again. For what it drops, see ``InformerEvent/isResync``.
    public static let resourceVersionChanged = Predicate.changed(of: \.resourceVersion)

    /// Accepts updates of `metadata.generation`: the spec changed, or deletion began; status and metadata alone don't
    /// move it. It is not for kinds without a generation (pods, config maps): it drops all their updates.
    public static let generationChanged = Predicate.changed(of: \.generation)
    /// Accepts updates that changed a label; all additions and deletions.
    public static let labelsChanged = Predicate.changed(of: \.labels)
    /// Accepts updates that changed an annotation; all additions and deletions.
    public static let annotationsChanged = Predicate.changed(of: \.annotations)

    /// Accepts changes of objects that match, or that did until this update.
    public static func labels(_ selector: LabelSelector) -> Predicate {
        Predicate { event in
            selector.matches(event.object.labels) || event.old.map { selector.matches($0.labels) } ?? false
        }
    }

    /// Accepts what both accept.
    public static func && (a: Predicate, b: Predicate) -> Predicate { Predicate { a.accepts($0) && b.accepts($0) } }
    /// Accepts what one of them accepts.
    public static func || (a: Predicate, b: Predicate) -> Predicate { Predicate { a.accepts($0) || b.accepts($0) } }
    /// Accepts what the predicate doesn't.
    public static prefix func ! (a: Predicate) -> Predicate { Predicate { !a.accepts($0) } }
}
