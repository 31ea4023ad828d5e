import KubeModel
import KubeSchema

/// Defaults and validation of a pod's spec, which pods and the templates of workloads share.
enum PodTemplateDefaults {
    static func setDefaults(_ spec: inout JSONValue) {
        for list in ["initContainers", "containers"] {
            guard let containers = spec[list]?.array else { continue }
            spec[list] = .array(containers.map(withDefaults))
        }
        fill(&spec, member: "restartPolicy", value: "Always")
        fill(&spec, member: "terminationGracePeriodSeconds", value: 30)
        fill(&spec, member: "dnsPolicy", value: "ClusterFirst")
        fill(&spec, member: "securityContext", value: .object([:]))
        fill(&spec, member: "schedulerName", value: "default-scheduler")
        // The two names of the same field follow each other.
        if let account = spec["serviceAccountName"], spec["serviceAccount"] == nil { spec["serviceAccount"] = account }
    }

    /// Of the spec of the pod template in `owner`, where it has one.
    static func setDefaults(inTemplateOf owner: inout JSONValue) {
        guard var spec = owner["template", "spec"] else { return }
        setDefaults(&spec)
        owner["template", "spec"] = spec
    }

    private static func withDefaults(_ container: JSONValue) -> JSONValue {
        var container = container
        if let ports = container["ports"]?.array {
            container["ports"] = .array(
                ports.map { port in
                    var port = port
                    fill(&port, member: "protocol", value: "TCP")
                    return port
                })
        }
        fill(&container, member: "resources", value: .object([:]))
        fill(&container, member: "terminationMessagePath", value: "/dev/termination-log")
        fill(&container, member: "terminationMessagePolicy", value: "File")
        let image = container["image"]?.string ?? ""
        fill(
            &container, member: "imagePullPolicy",
            value: ContainerImageName(image).tag == "latest" ? "Always" : "IfNotPresent")
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] where container[probe] != nil {
            setProbeDefaults(&container, name: probe)
        }
        return container
    }

    private static func setProbeDefaults(_ container: inout JSONValue, name: String) {
        guard var probe = container[name] else { return }
        fill(&probe, member: "timeoutSeconds", value: 1)
        fill(&probe, member: "periodSeconds", value: 10)
        fill(&probe, member: "successThreshold", value: 1)
        fill(&probe, member: "failureThreshold", value: 3)
        if var http = probe["httpGet"] {
            fill(&http, member: "path", value: "/")
            fill(&http, member: "scheme", value: "HTTP")
            probe["httpGet"] = http
        }
        container[name] = probe
    }

    static func fill(_ object: inout JSONValue, member: String, value: JSONValue) {
        if object[member] == nil { object[member] = value }
    }

    static func validate(_ spec: JSONValue?, field: String) -> [FieldError] {
        let containers = spec?["containers"]?.array ?? []
        guard !containers.isEmpty else { return [.required("\(field).containers")] }
        var errors: [FieldError] = []
        var names: Set<String> = []
        for (position, container) in containers.enumerated() {
            let at = "\(field).containers[\(position)]"
            let name = container["name"]?.string ?? ""
            errors += portErrors(container, at: at)
            if container["image"]?.string?.isEmpty ?? true { errors.append(.required("\(at).image")) }
            if name.isEmpty {
                errors.append(.required("\(at).name"))
            } else if let problem = MetadataValidation.labelProblem(name) {
                errors.append(.invalid("\(at).name", value: .string(name), detail: problem))
            } else if !names.insert(name).inserted {
                errors.append(.duplicate("\(at).name", value: .string(name)))
            }
        }
        return errors
    }

    private static func portErrors(_ container: JSONValue, at: String) -> [FieldError] {
        var errors: [FieldError] = []
        for (position, port) in (container["ports"]?.array ?? []).enumerated() {
            let number = port["containerPort"]?.int ?? 0
            let field = "\(at).ports[\(position)].containerPort"
            if port["containerPort"] == nil {
                errors.append(.required(field))
            } else if !(1...65_535).contains(number) {
                errors.append(
                    .invalid(field, value: JSONValue(number), detail: "must be between 1 and 65535, inclusive"))
            }
        }
        return errors
    }
}

/// `registry/path:tag@digest`, taken apart.
struct ContainerImageName: Sendable, Hashable {
    var text: String

    init(_ text: String) { self.text = text }

    /// As an image's digest is written behind it.
    var withoutTag: String {
        let start = withoutDigest.split(separator: "/").dropLast().map { $0 + "/" }.joined()
        return start + baseName
    }

    private var withoutDigest: Substring { text.split(separator: "@", maxSplits: 1).first ?? "" }

    /// `latest` where neither tag nor digest is given.
    var tag: String {
        let last = withoutDigest.split(separator: "/").last ?? ""
        let parts = last.split(separator: ":", maxSplits: 1)
        if parts.count == 2 { return String(parts[1]) }
        return text.contains("@") ? "" : "latest"
    }

    /// The first path element, where it is a host (it has a dot or a port, or is localhost).
    var registryHost: String? {
        let parts = withoutDigest.split(separator: "/")
        guard parts.count > 1, let first = parts.first,
            first.contains(".") || first.contains(":") || first == "localhost"
        else { return nil }
        return first.split(separator: ":").first.map(String.init)
    }

    /// The last path element without tag.
    var baseName: String {
        let last = withoutDigest.split(separator: "/").last ?? ""
        return last.split(separator: ":").first.map(String.init) ?? ""
    }
}
