import KubeModel

/// The content of one or several kubeconfig files, before a context is chosen.
struct Kubeconfig: Sendable {
    /// What stands under a name, with where it is from: that folder is what its relative paths mean.
    struct Entry: Sendable {
        var value: JSONValue
        var source: String
        var folder: String?
    }

    private(set) var sources: [String]
    private(set) var currentContext: String?
    private(set) var clusters: [String: Entry] = [:]
    private(set) var users: [String: Entry] = [:]
    private(set) var contexts: [String: Entry] = [:]

    init(path: String) throws(KubeClientError) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) }
        try self.init(text: try ConfigurationFile.text(path), source: path, folder: folder)
    }

    init(text: String, source: String, folder: String?) throws(KubeClientError) {
        let json: JSONValue
        do {
            json = try YAML.parse(text)
        } catch {
            // What is wrong isn't told: it may be the token's line.
            let place = error.place.map { ", see line \($0.line), column \($0.column)" } ?? ""
            throw KubeClientError(
                .configuration, message: "\(source) cannot be read: it is not valid YAML\(place)")
        }
        guard json.object != nil else {
            throw KubeClientError(.configuration, message: "\(source) is not a kubeconfig")
        }
        sources = [source]
        let fields = KubeconfigFields(json, source: source)
        currentContext = try fields.text("current-context")
        clusters = try Self.entries("clusters", member: "cluster", json: json, source: source, folder: folder)
        users = try Self.entries("users", member: "user", json: json, source: source, folder: folder)
        contexts = try Self.entries("contexts", member: "context", json: json, source: source, folder: folder)
    }

    /// Adds what another file says. The first file to set a name or the current context wins (the rule of kubectl).
    mutating func merge(_ other: Kubeconfig) {
        sources += other.sources
        currentContext = currentContext ?? other.currentContext
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
        contexts.merge(other.contexts) { first, _ in first }
    }

    private static func entries(
        _ list: String, member: String, json: JSONValue, source: String, folder: String?
    ) throws(KubeClientError) -> [String: Entry] {
        guard let value = json[list], !value.isNull else { return [:] }
        guard let elements = value.array else {
            throw KubeClientError(.configuration, message: "\(source): \(list) must be a list")
        }
        var result: [String: Entry] = [:]
        for (position, element) in elements.enumerated() {
            let fields = KubeconfigFields(element, source: "\(source): \(list)[\(position)]")
            let name = try fields.required("name")
            guard result[name] == nil else {
                throw KubeClientError(.configuration, message: "\(source): \(member) \"\(name)\" occurs twice")
            }
            result[name] = Entry(value: element[member] ?? .object([:]), source: source, folder: folder)
        }
        return result
    }
}

/// Typed reading of an object's fields, with errors that name the file, the entry and the field.
struct KubeconfigFields {
    let json: JSONValue
    let source: String
    var folder: String?

    init(_ json: JSONValue, source: String, folder: String? = nil) {
        self.json = json
        self.source = source
        self.folder = folder
    }

    func has(_ field: String) -> Bool { json[field].map { !$0.isNull } ?? false }

    func failure(_ text: String, code: KubeClientError.Code = .configuration) -> KubeClientError {
        KubeClientError(code, message: "\(source): \(text)")
    }

    /// The text of a field; nil where it is missing or empty. A whole number is taken as its text: YAML makes one of
    /// `name: 1`.
    func text(_ field: String) throws(KubeClientError) -> String? {
        switch json[field] {
        case nil, .null?: return nil
        case .string(let text)?: return text.isEmpty ? nil : text
        case .int(let number)?: return String(number)
        default: throw failure("\(field) must be a string")
        }
    }

    func required(_ field: String) throws(KubeClientError) -> String {
        guard let text = try text(field) else { throw failure("\(field) is missing") }
        return text
    }

    func flag(_ field: String) throws(KubeClientError) -> Bool {
        guard has(field), let value = json[field] else { return false }
        guard let flag = value.bool else { throw failure("\(field) must be true or false") }
        return flag
    }

    func texts(_ field: String) throws(KubeClientError) -> [String] {
        guard has(field), let value = json[field] else { return [] }
        guard let elements = value.array, elements.allSatisfy({ $0.string != nil }) else {
            throw failure("\(field) must be a list of strings")
        }
        return elements.compactMap(\.string)
    }
}
