/// What `helm lint` says of Chart.yaml.
enum MetadataRules {
    static func problems(of metadata: ChartMetadata, types: HelmMap) -> [(ChartLinter.Severity, String)] {
        var problems: [(ChartLinter.Severity, String)] = []
        if metadata.name.isEmpty {
            problems.append((.error, "name is required"))
        } else if metadata.name.contains("/") {
            problems.append((.error, "chart name \(GoQuote.quoted(ByteString(metadata.name)).text) is invalid"))
        }
        if metadata.apiVersion.isEmpty {
            problems.append((.error, "apiVersion is required. The value must be either \"v1\" or \"v2\""))
        } else if metadata.apiVersion != "v1", metadata.apiVersion != "v2" {
            problems.append(
                (.error, "apiVersion '\(metadata.apiVersion)' is not valid. The value must be either \"v1\" or \"v2\""))
        }
        type(of: "version", in: types).map { problems.append((.error, $0)) }
        version(metadata.version).map { problems.append((.error, $0)) }
        type(of: "appVersion", in: types).map { problems.append((.error, $0)) }
        maintainers(metadata).map { problems.append((.error, $0)) }
        if let source = metadata.sources?.first(where: { !isRequestURL($0) }) {
            problems.append((.error, "invalid source URL '\(source)'"))
        }
        if metadata.icon.isEmpty {
            problems.append((.info, "icon is recommended"))
        } else if !isRequestURL(metadata.icon) {
            problems.append((.error, "invalid icon URL '\(metadata.icon)'"))
        }
        let version = metadata.apiVersion
        if !metadata.type.isEmpty, version != "v2" {
            problems.append(
                (.error, "chart type is not valid in apiVersion '\(version)'. It is valid in apiVersion 'v2'"))
        }
        if metadata.dependencies?.isEmpty == false, version != "v2" {
            problems.append(
                (
                    .error,
                    "dependencies are not valid in the Chart file with apiVersion '\(version)'. They are valid in "
                        + "apiVersion 'v2'"
                ))
        }
        if !isStrict(metadata.version) {
            problems.append((.warning, "version '\(metadata.version)' is not a valid SemVerV2"))
        }
        return problems
    }

    private static func type(of key: String, in types: HelmMap) -> String? {
        guard let value = types[ByteString(key)], value.asString == nil else { return nil }
        return "\(key) should be of type string but it's of type \(value.typeName)"
    }

    private static func version(_ text: String) -> String? {
        if text.isEmpty { return "version is required" }
        guard let version = try? SemanticVersion(ByteString(text)) else {
            return "version '\(text)' is not a valid SemVer"
        }
        let isZero = (version.major, version.minor, version.patch) == (0, 0, 0)
        let isAllowed = (try? VersionConstraint(">0.0.0-0").allows(version)) ?? true
        return isZero && !isAllowed
            ? "version \(GoQuote.quoted(ByteString(version.description)).text) is less than or equal to \"0.0.0-0\""
            : nil
    }

    private static func isStrict(_ text: String) -> Bool {
        let core = text.prefix { $0 != "-" && $0 != "+" }.split(separator: ".", omittingEmptySubsequences: false)
        let isPlain = core.count == 3 && core.allSatisfy { UInt64($0) != nil && ($0 == "0" || !$0.hasPrefix("0")) }
        return isPlain && (try? SemanticVersion(ByteString(text))) != nil
    }

    private static func maintainers(_ metadata: ChartMetadata) -> String? {
        for maintainer in metadata.maintainers ?? [] {
            if maintainer.name.isEmpty { return "each maintainer requires a name" }
            if !maintainer.email.isEmpty,
                SchemaFormat.problem(of: ByteString(maintainer.email), format: "email") != nil
                    || !maintainer.email.contains(".")
            {
                return "invalid email '\(maintainer.email)' for maintainer '\(maintainer.name)'"
            }
            if !maintainer.url.isEmpty, maintainer.url.contains(" ") || !maintainer.url.contains(".") {
                return "invalid url '\(maintainer.url)' for maintainer '\(maintainer.name)'"
            }
        }
        return nil
    }

    /// An absolute URL, or a path from the root on.
    private static func isRequestURL(_ text: String) -> Bool {
        SchemaFormat.problem(of: ByteString(text), format: "uri") == nil
    }
}

/// What `helm lint` says of a manifest.
enum ManifestRules {
    /// - Parameter version: of Kubernetes, `v1.36.0`.
    static func problems(
        of head: LintedHead, text: ByteString, version: String
    ) -> [(ChartLinter.Severity, ByteString)] {
        var problems: [(ChartLinter.Severity, ByteString)] = []
        if let reason = NameRules.problem(of: head.name, kind: head.kind) {
            let name = GoQuote.quoted(ByteString(head.name)).text
            problems.append(
                (
                    .warning,
                    ByteString(
                        "object name does not conform to Kubernetes naming requirements: \(name): metadata.name: "
                            + "Invalid value: \(name): \(reason)")
                ))
        }
        if let warning = DeprecatedKinds.warning(apiVersion: head.apiVersion, kind: head.kind, in: version) {
            problems.append((.warning, ByteString(warning)))
        }
        let needsSelector = ["Deployment", "ReplicaSet", "DaemonSet", "StatefulSet"].contains(head.kind)
        if needsSelector, !GoText.contains("matchLabels", in: text), !GoText.contains("matchExpressions", in: text) {
            let name = GoQuote.quoted(ByteString(head.name)).text
            problems.append(
                (
                    .error,
                    ByteString("a \(head.kind) must contain matchLabels or matchExpressions, and \(name) does not")
                ))
        }
        if head.listsKeptObjects {
            problems.append((.error, "annotation 'helm.sh/resource-policy' within List objects are ignored"))
        }
        return problems
    }
}

/// What `helm lint` reads of a manifest, with the errors of its own types.
struct LintedHead {
    private(set) var apiVersion = ""
    private(set) var kind = ""
    private(set) var name = ""
    /// Whether it is a list, and an object of it has an annotation that Helm only sees at objects of their own.
    private(set) var listsKeptObjects = false

    /// Nil for what is empty.
    init?(_ document: ByteString) throws(HelmError) {
        let value = try YAMLReader.value(of: document, keepsIntegers: true)
        if value.isNull { return nil }
        guard case .map(let map) = value else { throw YAMLReader.mismatch(value, type: "rules.k8sYamlStruct") }
        for key in map.keys {
            let value = map[key] ?? .null
            switch key.text.lowercased() {
            case "apiversion": apiVersion = try Self.text(value, "k8sYamlStruct.apiVersion") ?? apiVersion
            case "kind": kind = try Self.text(value, "k8sYamlStruct.Kind") ?? kind
            case "metadata": try read(metadata: value)
            default: continue
            }
        }
        guard kind == "List", case .list(let items)? = map["items"] else { return }
        listsKeptObjects = items.elements.contains { item in
            item.asMap?["metadata"]?.asMap?["annotations"]?.asMap?["helm.sh/resource-policy"] != nil
        }
    }

    private mutating func read(metadata value: HelmValue) throws(HelmError) {
        if value.isNull { return }
        guard case .map(let map) = value else {
            throw YAMLReader.mismatch(value, type: "rules.k8sYamlMetadata", field: "k8sYamlStruct.Metadata")
        }
        for key in map.keys {
            let value = map[key] ?? .null
            switch key.text.lowercased() {
            case "name": name = try Self.text(value, "k8sYamlMetadata.Metadata.Name") ?? name
            case "namespace": _ = try Self.text(value, "k8sYamlMetadata.Metadata.Namespace")
            default: continue
            }
        }
    }

    private static func text(_ value: HelmValue, _ field: String) throws(HelmError) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return text.text
        case .bool(let bool): return bool ? "true" : "false"
        case .int(let number): return String(number)
        case .float64(let number): return String(decoding: ShortestDecimal(number).general, as: UTF8.self)
        default: throw YAMLReader.mismatch(value, type: "string", field: field)
        }
    }
}

/// The names that Kubernetes allows for a kind.
enum NameRules {
    static func problem(of name: String, kind: String) -> String? {
        switch kind.lowercased() {
        case "certificatesigningrequest": nil
        case "service": label1035(name)
        case "namespace": label1123(name)
        case "role", "clusterrole", "rolebinding", "clusterrolebinding": pathSegment(name)
        default: subdomain(name)
        }
    }

    private static func isWord(_ text: Substring, startsWithLetter: Bool = false) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        let isLetter = { (byte: UInt8) in byte &- 97 < 26 }
        let isEdge = { (byte: UInt8) in isLetter(byte) || byte &- 48 < 10 }
        return (startsWithLetter ? isLetter(first) : isEdge(first)) && isEdge(last)
            && text.utf8.allSatisfy { isEdge($0) || $0 == UInt8(ascii: "-") }
    }

    private static func subdomain(_ name: String) -> String? {
        if name.utf8.count > 253 { return "must be no more than 253 bytes" }
        if name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ isWord($0) }) { return nil }
        return
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must "
            + "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
            + #"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
    }

    private static func label1123(_ name: String) -> String? {
        if name.utf8.count > 63 { return "must be no more than 63 bytes" }
        if isWord(name[...]) { return nil }
        return
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and "
            + "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
            + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
    }

    private static func label1035(_ name: String) -> String? {
        if name.utf8.count > 63 { return "must be no more than 63 bytes" }
        if isWord(name[...], startsWithLetter: true) { return nil }
        return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
            + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for "
            + "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    }

    private static func pathSegment(_ name: String) -> String? {
        if name == "." || name == ".." { return "may not be '\(name)'" }
        if name.contains("/") { return "may not contain '/'" }
        return name.contains("%") ? "may not contain '%'" : nil
    }
}
