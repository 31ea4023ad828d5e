import KubeClient
import KubeModel
import ToolKit
import Writes

/// A custom resource that the tools here know, and what has to be installed for it.
struct DeliveryResource: Sendable, Hashable {
    /// `rollouts.argoproj.io`
    var qualifiedName: String
    /// `rollout`
    var noun: String
    /// `rollouts`
    var nouns: String
    /// `Argo Rollouts`
    var product: String

    static let rollouts = DeliveryResource(
        qualifiedName: "rollouts.argoproj.io", noun: "rollout", nouns: "rollouts", product: "Argo Rollouts")
    static let analysisRuns = DeliveryResource(
        qualifiedName: "analysisruns.argoproj.io", noun: "analysis run", nouns: "analysis runs",
        product: "Argo Rollouts")
    static let experiments = DeliveryResource(
        qualifiedName: "experiments.argoproj.io", noun: "experiment", nouns: "experiments", product: "Argo Rollouts")
}

extension ToolContext {
    /// - Throws: ``ToolFailure`` that says what isn't installed.
    func match(_ resource: DeliveryResource) async throws -> ResourceMatch {
        do {
            return try await mapper.match(resource.qualifiedName)
        } catch let status as APIStatus where status.isNotFound {
            // What a group whose server can't be asked has isn't known.
            guard !status.message.contains("can't be asked now") else { throw status }
            throw ToolFailure(
                "\(resource.product) is not installed in this cluster: the API server serves no "
                    + resource.qualifiedName)
        }
    }

    /// The object that `name` and `namespace` point at.
    ///
    /// - Throws: ``ToolFailure``; where there is no object of that name, with those that there are.
    func target(_ resource: DeliveryResource, by arguments: ToolArguments, name parameter: String = "name") async throws
        -> LiveTarget
    {
        let match = try await match(resource)
        let name = try arguments.requiredString(parameter)
        guard Names.isSubdomain(name) else {
            throw ToolFailure(
                "\(parameter): \"\(ToolParameters.excerpt(name))\" is no name of a \(resource.noun): lower case letters, "
                    + "digits, '-' and '.'")
        }
        let namespace = arguments.string("namespace") ?? self.namespace
        let object = try await object(match, namespace: namespace, name: name)
        return LiveTarget(resource: match.resource, namespace: namespace, object: object)
    }

    /// A list of custom resources, or what can be said about that there are none.
    struct Listing {
        var objects: [KubeObject]
        var spansNamespaces: Bool
        /// In the place of a table that would have no rows.
        var nothing: String?
        /// That there are more.
        var note: String?
    }

    /// At most 500 objects, redacted, by `namespace`, `all_namespaces` and `label_selector`.
    ///
    /// - Parameter isIncluded: keeps those for which it holds.
    func listing(
        _ resource: DeliveryResource, by arguments: ToolArguments, isIncluded: (KubeObject) -> Bool = { _ in true },
        what: String? = nil
    ) async throws -> Listing {
        let match = try await match(resource)
        let isEverywhere = arguments.bool("all_namespaces")
        let namespace = isEverywhere ? nil : arguments.string("namespace") ?? self.namespace
        let selector = try arguments.string("label_selector").map { try LabelSelector(parsing: $0) }
        let list: KubeList
        do {
            list = try await api.list(
                match.resource, namespace: namespace, options: ListOptions(labelSelector: selector, limit: 500))
        } catch let denied as PermissionDenied {
            throw try await self.denied(denied, namespace: namespace)
        }
        let objects = list.items.filter(isIncluded)
        var listing = Listing(objects: objects.map { redactor.redact($0) }, spansNamespaces: isEverywhere)
        if list.continueToken != nil {
            listing.note =
                "… there are more than the \(list.items.count) listed: narrow the list with a namespace or a "
                + "label selector"
        }
        if objects.isEmpty {
            let with = selector.map { " with label_selector \($0)" } ?? ""
            let place = isEverywhere ? " in any namespace" : ""
            listing.nothing = try await Emptiness(
                "no \(what ?? resource.nouns)\(with)\(place)", namespace: namespace, in: self
            ).text
        }
        return listing
    }

    /// Columns as kubectl prints them.
    func table(of listing: Listing, columns: [String], cells: (KubeObject) -> [String]) -> ToolOutcome {
        if let nothing = listing.nothing { return .output(nothing) }
        let header = (listing.spansNamespaces ? ["NAMESPACE"] : []) + columns
        let rows = listing.objects.map { (listing.spansNamespaces ? [$0.namespace ?? ""] : []) + cells($0) }
        let lines = TextColumns.align([header] + rows) + [listing.note].compactMap(\.self)
        let rest = "narrow the list with a namespace or a label selector to see them"
        let text = redactor.redact(text: lines.joined(separator: "\n"))
        return .output(OutputLimit.cutMiddle(text, to: outputLimit, rest: rest))
    }
}

extension JSONValue {
    /// Text or number, as it is printed.
    var word: String? { string ?? int.map(String.init) ?? bool.map(String.init) }
}
