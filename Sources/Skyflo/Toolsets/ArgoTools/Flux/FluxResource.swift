import KubeClient
import KubeModel
import ToolKit
import Writes

/// The kinds of Flux that are reconciled.
enum FluxResource {
    static let all: [DeliveryResource] = [
        make("kustomizations.kustomize", kind: "Kustomization"), make("helmreleases.helm", kind: "HelmRelease"),
        make("gitrepositories.source", kind: "GitRepository"), make("ocirepositories.source", kind: "OCIRepository"),
        make("helmrepositories.source", kind: "HelmRepository"), make("buckets.source", kind: "Bucket"),
        make("helmcharts.source", kind: "HelmChart"),
    ]

    private static func make(_ name: String, kind: String) -> DeliveryResource {
        let controller = name.drop { $0 != "." }.dropFirst()
        return DeliveryResource(
            qualifiedName: "\(name).toolkit.fluxcd.io", noun: kind,
            nouns: kind == "Bucket" ? "Buckets" : "\(kind) objects",
            product: "Flux (its \(controller)-controller)")
    }

    private static let shortNames = [
        "ks": "kustomization", "hr": "helmrelease", "gitrepo": "gitrepository", "ocirepo": "ocirepository",
        "helmrepo": "helmrepository", "hc": "helmchart",
    ]

    /// - Parameter text: kind, plural, singular or short name, with or without the group, in any case.
    /// - Throws: ``ToolFailure`` with the kinds that there are.
    static func named(_ text: String) throws(ToolFailure) -> DeliveryResource {
        let word = text.lowercased()
        let first = String(word.prefix { $0 != "." })
        let long = shortNames[first] ?? first
        let found = all.first { resource in
            let plural = resource.qualifiedName.prefix { $0 != "." }
            return (long == plural || long == resource.noun.lowercased())
                && (word == first || resource.qualifiedName.hasPrefix("\(plural).\(word.dropFirst(first.count + 1))"))
        }
        guard let found else {
            throw ToolFailure(
                "kind: \"\(ToolParameters.excerpt(text))\" is no kind of Flux; the kinds are "
                    + all.map(\.noun).joined(separator: ", "))
        }
        return found
    }
}

extension ToolParameter {
    static let fluxKind = ToolParameter.required(
        "kind", kind: .string(.resourceType),
        description: "Kustomization, HelmRelease, GitRepository, OCIRepository, HelmRepository, Bucket or HelmChart")
    static let fluxName = ToolParameter.required("name", kind: .string(.objectName), description: "Name of the object")
}

/// What Flux says about an object of its own.
struct FluxSummary {
    let object: KubeObject

    init(_ object: KubeObject) { self.object = object }

    var isSuspended: Bool { object["spec", "suspend"]?.bool == true }
    private var condition: JSONValue? {
        object["status", "conditions"]?.array?.first { $0["type"]?.string == "Ready" }
    }
    var ready: String { condition?["status"]?.string ?? "Unknown" }
    var message: String { condition?["message"]?.string ?? "" }
    var revision: String {
        let status = object["status"]
        return status?["lastAppliedRevision"]?.string ?? status?["artifact", "revision"]?.string
            ?? status?["history"]?[0]?["chartVersion"]?.string ?? ""
    }

    /// Where it gets what it applies from: the reference, with the kind's own namespace where none is named.
    var source: JSONValue? {
        object["spec", "sourceRef"] ?? object["spec", "chart", "spec", "sourceRef"] ?? object["spec", "chartRef"]
    }
}
