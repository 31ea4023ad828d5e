public import KubeClient
public import KubeModel

/// The finalizers of a controller, each with what it cleans up.
///
/// A reconciler calls ``run(on:)`` first of all:
/// ```swift
/// guard case .live(let object) = try await finalizers.run(on: object) else { return .done }
/// ```
/// Guarantees: nothing that needs a clean-up is made before the object has the finalizer; a finalizer is only removed
/// after its clean-up returned. A clean-up may run more than once, also after it succeeded.
public struct Finalizers: Sendable {
    /// Cleans up after an object. It returns when nothing is left, and throws to be called again later.
    public typealias Cleanup = @Sendable (KubeObject) async throws -> Void

    /// The state of the object, which tells a reconciler whether to go on.
    public enum Outcome: Sendable {
        /// The object is not being deleted, and has all finalizers.
        case live(KubeObject)
        /// The object is being deleted, and our finalizers are removed; nil where it doesn't exist any more. Nothing
        /// more is to do.
        case finalized(KubeObject?)
    }

    private let api: any KubeAPI
    private let resource: APIResource
    private var cleanups: [(name: String, run: Cleanup)] = []

    /// Makes a set without finalizers for the objects of a resource.
    public init(api: any KubeAPI, resource: APIResource) {
        self.api = api
        self.resource = resource
    }

    /// Adds a finalizer with its clean-up.
    ///
    /// - Parameters:
    ///   - name: A name with a domain, as the API demands: `example.com/volumes`.
    ///   - cleanup: Removes what belongs to an object. Clean-ups run in the order of registration, each also when one
    ///     before failed.
    /// - Throws: ``RuntimeError`` `misuse` for a name without a domain or one that is taken.
    public mutating func register(_ name: String, cleanup: @escaping Cleanup) throws(RuntimeError) {
        guard name.contains("/") else {
            throw RuntimeError(.misuse, message: "the finalizer \(name) needs a domain: example.com/\(name)")
        }
        guard !cleanups.contains(where: { $0.name == name }) else {
            throw RuntimeError(.misuse, message: "the finalizer \(name) is registered already")
        }
        cleanups.append((name, cleanup))
    }

    /// Adds the finalizers to a living object; cleans up after a deleted one.
    ///
    /// - Parameter object: The object as it was read.
    /// - Returns: Whether to go on with the object.
    /// - Throws: The first error of a clean-up, after all were tried; `APIStatus` of a patch.
    public func run(on object: KubeObject) async throws -> Outcome {
        guard object.isBeingDeleted else {
            return .live(try await api.addFinalizers(cleanups.map(\.name), to: object, in: resource))
        }
        var rest: KubeObject? = object
        var failure: (any Error)?
        for (name, cleanup) in cleanups {
            guard let current = rest, current.finalizers.contains(name) else { continue }
            do {
                try await cleanup(current)
            } catch {
                failure = failure ?? error
                continue
            }
            rest = try await api.removeFinalizer(name, from: current, in: resource)
        }
        if let failure { throw failure }
        return .finalized(rest)
    }
}
