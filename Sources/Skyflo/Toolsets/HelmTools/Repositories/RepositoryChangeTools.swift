import HTTPTransport
import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// A tool that proposes to change `spec.helm.repositories` of the conversation's SkyfloAI.
protocol RepositoryChangeTool: Tool {}

extension RepositoryChangeTool {
    var toolset: String { HelmToolset.toolset }
    var onlyReads: Bool { false }
    var isDestructive: Bool { false }
    var requests: [ToolRequest]? { [.read("skyfloais.skyflo.ai"), .patch("skyfloais.skyflo.ai")] }
}

extension ToolParameter {
    fileprivate static let repositoryName = ToolParameter.required(
        "name", kind: .string(.objectName), description: "Name of the repository", obvious: true)
}

extension ToolContext {
    /// The SkyfloAI that names the repositories, as the conversation may see it.
    fileprivate func skyfloAI() async throws -> LiveTarget {
        guard let key = charts.skyfloAI else { throw NoCharts.failure }
        return LiveTarget(
            resource: .skyfloAIs, namespace: key.namespace,
            object: try await object(
                try await match("skyfloais.skyflo.ai"), namespace: key.namespace, name: key.name))
    }
}

extension LiveTarget {
    fileprivate var repositories: [JSONValue] { object["spec", "helm", "repositories"]?.array ?? [] }

    fileprivate func index(ofRepository name: String) -> Int? {
        repositories.firstIndex { $0["name"]?.string == name }
    }
}

struct ChartRepositoryAddTool: RepositoryChangeTool {
    let name = "helm_repo_add"
    let title = "Add Helm Repository"
    let description =
        "Propose to add a chart repository or registry to those that the SkyfloAI lists, for all of its conversations. A "
        + "credential can't be given: an admin adds the name of its Secret."
    let isIdempotent = true
    let parameters = ToolParameters([
        .repositoryName,
        .required(
            "url", kind: .string(.text(maximum: 2048)),
            description: "https:// of the folder with its index.yaml, or oci://HOST/PATH of a registry"),
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let (name, url) = (try arguments.requiredString("name"), try arguments.requiredString("url"))
        guard name.utf8.count <= 63, !name.contains(".") else {
            throw ToolFailure("name: it has to be letters, digits and hyphens, 63 at most")
        }
        if let problem = RepositoryAddress.problem(with: url) { throw ToolFailure("url: \(problem)") }
        let skyfloAI = try await context.skyfloAI()
        if let index = skyfloAI.index(ofRepository: name) {
            let known = skyfloAI.repositories[index]["url"]?.string ?? ""
            guard known == url else {
                throw ToolFailure(
                    "there is a repository \(name) already, at \(known); use another name, or remove it first")
            }
            return .output("Nothing to do: \(skyfloAI.text) has the repository \(name) already.")
        }
        var warnings = [
            "Each conversation of \(skyfloAI.text) may then read charts from there, and propose to install them."
        ]
        if url.hasPrefix("http://") {
            warnings.append("It is asked without TLS: whoever is on the way can change its charts.")
        }
        let entry: JSONValue = ["name": .string(name), "url": .string(url)]
        let operation: JSONValue =
            if skyfloAI.object["spec", "helm", "repositories"] != nil {
                ["op": "add", "path": "/spec/helm/repositories/-", "value": entry]
            } else if skyfloAI.object["spec", "helm"] != nil {
                ["op": "add", "path": "/spec/helm/repositories", "value": [entry]]
            } else if skyfloAI.object["spec"] != nil {
                ["op": "add", "path": "/spec/helm", "value": ["repositories": [entry]]]
            } else {
                ["op": "add", "path": "/spec", "value": ["helm": ["repositories": [entry]]]]
            }
        return .proposal(
            WriteProposal(
                "Add the Helm repository \(name) (\(url)) to \(skyfloAI.text)",
                planned: skyfloAI.patch(.json([operation])),
                risk: .high, warnings: warnings, postConditions: [.stored(skyfloAI.subject)]))
    }
}

struct ChartRepositoryRemoveTool: RepositoryChangeTool {
    let name = "helm_repo_remove"
    let title = "Remove Helm Repository"
    let description =
        "Propose to remove a chart repository from those that the SkyfloAI lists. Releases of its charts stay as they are."
    let parameters = ToolParameters([.repositoryName])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = try arguments.requiredString("name")
        let skyfloAI = try await context.skyfloAI()
        guard let index = skyfloAI.index(ofRepository: name) else {
            let names = skyfloAI.repositories.compactMap { $0["name"]?.string }
            throw ToolFailure(
                "\(skyfloAI.text) has no Helm repository \"\(name)\""
                    + (names.isEmpty ? "" : "; it has \(names.joined(separator: ", "))"))
        }
        let url = skyfloAI.repositories[index]["url"]?.string ?? ""
        return .proposal(
            WriteProposal(
                "Remove the Helm repository \(name) (\(url)) from \(skyfloAI.text)",
                planned: skyfloAI.patch(
                    .json([
                        [
                            "op": "test", "path": .string("/spec/helm/repositories/\(index)/name"),
                            "value": .string(name),
                        ],
                        ["op": "remove", "path": .string("/spec/helm/repositories/\(index)")],
                    ])),
                risk: .medium, warnings: ["No conversation of \(skyfloAI.text) can read charts from there any more."],
                postConditions: [.stored(skyfloAI.subject)]))
    }
}

/// What a model may propose as the address of a repository.
enum RepositoryAddress {
    /// Why an address can't be proposed; nil where it can. Those of the operator's own machine and its neighbours are for an
    /// admin to write: a model that is led astray would have the operator ask them.
    static func problem(with url: String) -> String? {
        let schemes = ["https://", "http://", "oci://"]
        guard let scheme = schemes.first(where: url.hasPrefix) else {
            return "it has to begin with https://, http:// or oci://"
        }
        let rest = url.dropFirst(scheme.count)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            !rest.contains("@"), !rest.contains("?"), !rest.contains("#")
        else { return "it can't have a user, a query, a fragment or blanks" }
        let authority = rest.prefix { $0 != "/" }
        let isBracketed = authority.hasPrefix("[")
        let host = isBracketed ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
        guard !host.isEmpty else { return "it has no host" }
        guard !host.contains("%") else { return "its host can't have a zone or anything encoded" }
        if isLocal(host.lowercased(), isBracketed: isBracketed) {
            return
                "\(ToolParameters.excerpt(String(host))) is an address of the operator's own machine or of its network's "
                + "link; an admin can list such a repository in spec.helm.repositories of the SkyfloAI"
        }
        return nil
    }

    /// Names are not resolved.
    private static func isLocal(_ host: String, isBracketed: Bool) -> Bool {
        let name = host.last == "." ? String(host.dropLast()) : host
        if ["localhost", "metadata.google.internal"].contains(name) || name.hasSuffix(".localhost") { return true }
        if let address = IPAddress(name) { return isLocal(address) || address.embedded.map(isLocal) == true }
        // Another spelling of an address, such as 127.1, may be any; and what is in brackets is no name.
        return isBracketed || IPAddress.isNumeric(name)
    }

    private static func isLocal(_ address: IPAddress) -> Bool {
        address.isLoopback || address.isLinkLocalOrUnspecified || metadata.contains(address)
    }

    /// Where clouds give credentials to machines, other than at an address of the link: EC2 and Google by IPv6, Alibaba, Azure.
    private static let metadata = Set(
        ["fd00:ec2::254", "fd20:ce::254", "100.100.100.200", "168.63.129.16"].compactMap { IPAddress($0) })
}
