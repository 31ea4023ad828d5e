import KubeModel

/// The place where the next page of a list begins, and the version of all its pages. It is written as etcd's keys are:
/// relative to the list, the first one that comes after what was shown.
struct ContinueToken: Sendable, Hashable {
    /// The version of the list; nil for whatever is current, which makes the pages inconsistent.
    var version: UInt64?
    /// `namespace/name`, or `name` in a list of one namespace; the next page begins behind it.
    var start: String

    init(version: UInt64?, start: String) {
        self.version = version
        self.start = start
    }

    /// Makes the token of the page behind `key`; `namespace` is the one that is listed, nil for all.
    init(version: UInt64, after key: ObjectKey, in namespace: String?) {
        self.init(version: version, start: namespace == nil ? key.description : key.name)
    }

    /// The name of the last object that was shown.
    func key(in namespace: String?) -> ObjectKey {
        if let namespace { return ObjectKey(namespace: namespace, name: start) }
        let parts = start.split(separator: "/", maxSplits: 1).map(String.init)
        return parts.count == 2 ? ObjectKey(namespace: parts[0], name: parts[1]) : ObjectKey(name: start)
    }

    /// What is wrong with a text that is no token.
    static func problem(_ text: String) -> String {
        guard let bytes = Base64.decodeURL(text) else { return "illegal base64 data" }
        do throws(JSONParser.Failure) {
            _ = try JSONParser.parse(bytes)
            return "unknown version"
        } catch {
            return GoJSONError.text(error, in: bytes)
        }
    }

    init?(_ text: String) {
        guard let bytes = Base64.decodeURL(text), let json = try? JSONParser.parse(bytes),
            json["v"]?.string == "meta.k8s.io/v1", let version = json["rv"]?.int, version >= -1, version != 0,
            var start = json["start"]?.string
        else { return nil }
        if start.last == "\0" { start.removeLast() }
        guard !start.isEmpty else { return nil }
        self.init(version: version < 0 ? nil : UInt64(version), start: start)
    }

    var text: String {
        let number = version.map { Int64($0) } ?? -1
        return Base64.encodeURL(
            JSONWriter.bytes(["v": "meta.k8s.io/v1", "rv": .int(number), "start": .string(start + "\0")]))
    }
}
