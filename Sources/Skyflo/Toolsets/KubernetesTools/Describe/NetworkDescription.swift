import KubeModel
import ToolKit

/// Ingresses, network policies and addresses.
enum NetworkDescription {
    static func ingress(_ ingress: KubeObject, outline: inout Outline) {
        let addresses = (ingress["status", "loadBalancer", "ingress"]?.array ?? []).compactMap {
            $0["ip"]?.string ?? $0["hostname"]?.string
        }
        outline.field("Address", value: addresses.joined(separator: ", "))
        outline.field("Ingress class", value: ingress["spec", "ingressClassName"])
        outline.list(
            "TLS",
            values: (ingress["spec", "tls"]?.array ?? []).map { tls in
                let hosts = (tls["hosts"]?.array ?? []).map(Outline.inline).joined(separator: ", ")
                let secret = tls["secretName"]?.string ?? "SNI"
                return "\(secret) terminates \(hosts.isEmpty ? "all hosts" : hosts)"
            })
    }

    /// - Parameter addresses: where a service leads to, by its name.
    static func rules(of ingress: KubeObject, addresses: [String: String], outline: inout Outline) {
        func target(_ backend: JSONValue?) -> [String] {
            [backend.map(Self.backend) ?? "", backend?["service", "name"]?.string.flatMap { addresses[$0] } ?? ""]
        }
        let standard = ingress["spec", "defaultBackend"].map { target($0) }
        outline.field("Default backend", value: standard.map { "\($0[0]) (\($0[1]))" } ?? "none")
        let rows = (ingress["spec", "rules"]?.array ?? []).flatMap { rule in
            let host = rule["host"]?.string ?? "*"
            let paths = (rule["http", "paths"]?.array ?? []).map { path in
                [host, "\(path["path"]?.string ?? "/") (\(path["pathType"]?.string ?? "ImplementationSpecific"))"]
                    + target(path["backend"])
            }
            return paths.isEmpty ? [[host]] : paths
        }
        guard !rows.isEmpty else { return outline.field("Rules", value: "none") }
        outline.section("Rules") { outline in
            TextColumns.align([["HOST", "PATH", "BACKEND", "ENDPOINTS"]] + rows).forEach { outline.line($0) }
        }
    }

    /// `web:80`, or the object that it is.
    private static func backend(_ backend: JSONValue) -> String {
        guard let service = backend["service"] else {
            return "\(backend["resource", "kind"]?.string ?? "")/\(backend["resource", "name"]?.string ?? "")"
        }
        let port = (service["port", "name"] ?? service["port", "number"]).map(Outline.inline) ?? ""
        return "\(service["name"]?.string ?? ""):\(port)"
    }

    /// The services that an ingress leads to.
    static func services(of ingress: KubeObject) -> [String] {
        let paths = (ingress["spec", "rules"]?.array ?? []).flatMap { $0["http", "paths"]?.array ?? [] }
        let backends = [ingress["spec", "defaultBackend"]].compactMap(\.self) + paths.compactMap(\.["backend"])
        return backends.compactMap { $0["service", "name"]?.string }.reduce(into: []) {
            if !$0.contains($1) { $0.append($1) }
        }
    }

    // MARK: Policies

    static func policy(_ policy: KubeObject, outline: inout Outline) {
        let spec = policy["spec"] ?? .null
        outline.field("Pod selector", value: selector(spec["podSelector"], everything: "all pods of the namespace"))
        let types = (spec["policyTypes"]?.array ?? []).compactMap(\.string)
        outline.field("Policy types", value: types.joined(separator: ", "))
        for (field, title, peers) in [("ingress", "Ingress", "from"), ("egress", "Egress", "to")] {
            guard types.contains(title) else {
                outline.field("\(title) traffic", value: "not affected")
                continue
            }
            let rules = spec[field]?.array ?? []
            guard !rules.isEmpty else {
                outline.field("Allowed \(field) traffic", value: "none (selected pods are isolated for \(field))")
                continue
            }
            outline.list("Allowed \(field) traffic", values: rules.map { rule($0, peers: peers) })
        }
    }

    /// `to port 80/TCP from pods app=web; namespaces team=blue`
    private static func rule(_ rule: JSONValue, peers: String) -> String {
        let ports = (rule["ports"]?.array ?? []).map { port in
            let end = port["endPort"]?.int.map { "-\($0)" } ?? ""
            return "\(port["port"].map(Outline.inline) ?? "any")\(end)/\(port["protocol"]?.string ?? "TCP")"
        }
        let others = (rule[peers]?.array ?? []).map(peer)
        return "to port \(ports.isEmpty ? "any (traffic allowed to all ports)" : ports.joined(separator: ", ")) "
            + "\(peers) \(others.isEmpty ? "any (traffic not restricted by \(peers == "from" ? "source" : "destination"))" : others.joined(separator: "; "))"
    }

    private static func peer(_ peer: JSONValue) -> String {
        if let block = peer["ipBlock"] {
            let except = (block["except"]?.array ?? []).map(Outline.inline).joined(separator: ", ")
            return "IP block CIDR: \(block["cidr"]?.string ?? "")\(except.isEmpty ? "" : " Except: \(except)")"
        }
        let pods = peer["podSelector"].map { "pods PodSelector: \(selector($0, everything: "all"))" }
        let namespaces = peer["namespaceSelector"].map {
            "namespaces NamespaceSelector: \(selector($0, everything: "all"))"
        }
        return [pods, namespaces].compactMap(\.self).joined(separator: " in ")
    }

    private static func selector(_ json: JSONValue?, everything: String) -> String {
        guard let text = json.flatMap({ LabelSelector($0) })?.description, !text.isEmpty else { return everything }
        return text
    }

    // MARK: Addresses

    static func endpoints(_ endpoints: KubeObject, outline: inout Outline) {
        let subsets = endpoints["subsets"]?.array ?? []
        guard !subsets.isEmpty else { return outline.field("Subsets", value: "none") }
        func addresses(_ list: JSONValue?) -> String {
            (list?.array ?? []).compactMap { $0["ip"]?.string ?? $0["hostname"]?.string }.joined(separator: ", ")
        }
        for subset in subsets {
            outline.section("Subset") { outline in
                outline.field("Addresses", value: addresses(subset["addresses"]))
                outline.field("Not ready addresses", value: addresses(subset["notReadyAddresses"]))
                ports(subset["ports"], outline: &outline)
            }
        }
    }

    static func endpointSlice(_ slice: KubeObject, outline: inout Outline) {
        outline.field("Address type", value: slice["addressType"])
        ports(slice["ports"], outline: &outline)
        outline.section("Endpoints") { outline in
            for endpoint in slice["endpoints"]?.array ?? [] {
                let addresses = (endpoint["addresses"]?.array ?? []).map(Outline.inline).joined(separator: ", ")
                let conditions = (endpoint["conditions"]?.object ?? [:]).map {
                    "\($0.key): \(Outline.inline($0.value))"
                }
                let target = endpoint["targetRef"].map {
                    "target \($0["kind"]?.string ?? "")/\($0["name"]?.string ?? "")"
                }
                let places = [("hostname", "hostname"), ("nodeName", "node"), ("zone", "zone")].compactMap {
                    field, title in
                    endpoint[field]?.string.map { "\(title) \($0)" }
                }
                outline.line(
                    (["\(addresses):"] + conditions + [target].compactMap(\.self) + places).joined(separator: " "))
            }
        }
    }

    private static func ports(_ ports: JSONValue?, outline: inout Outline) {
        outline.list(
            "Ports",
            values: (ports?.array ?? []).map { port in
                let name = port["name"]?.string.flatMap { $0.isEmpty ? nil : "\($0) " } ?? ""
                return "\(name)\(port["port"].map(Outline.inline) ?? "any") \(port["protocol"]?.string ?? "TCP")"
            })
    }
}
