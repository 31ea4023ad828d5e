import KubeModel

/// A revision of a release as Helm 3 and 4 store it in a Secret: JSON, compressed, in base64.
///
/// Values, manifest, hooks and notes may hold credentials: nothing of it is fit to be shown as it is.
package struct ReleaseRecord: Sendable {
    /// The type of the Secrets that have one.
    package static let secretType = "helm.sh/release.v1"
    /// Bytes of a record without its compression. A Secret has a mebibyte at most, which can hold a thousand times that.
    private static let maximumBytes = 64 << 20

    package internal(set) var json: JSONValue

    /// - Parameter data: `release` of the Secret's `data`: in base64, and then in Helm's own.
    /// - Throws: what of it can't be read.
    package init(data: String) throws(HelmError) {
        guard let text = Base64.decode(data).map({ String(decoding: $0, as: UTF8.self) }) else {
            throw HelmError("the record is not in base64")
        }
        try self.init(text: text)
    }

    /// - Parameter text: the same in Helm's own base64 alone.
    /// - Throws: what of it can't be read.
    package init(text: String) throws(HelmError) {
        guard var bytes = Base64.decode(text) else { throw HelmError("the record is not in base64") }
        // Helm's first versions didn't compress.
        if bytes.starts(with: [0x1F, 0x8B, 8]) {
            do throws(HelmError) {
                bytes = try Gzip.decompressed(bytes, limit: Self.maximumBytes)
            } catch {
                throw HelmError("the record can't be decompressed, or has more than \(Self.maximumBytes) bytes")
            }
        }
        guard let json = try? JSONParser.parse(bytes), json["name"]?.string != nil else {
            throw HelmError("the record is not a release in JSON")
        }
        self.json = json
    }

    package var name: String { json["name"]?.string ?? "" }
    package var namespace: String { json["namespace"]?.string ?? "" }
    package var revision: Int { json["version"]?.int ?? 0 }
    package var status: String { json["info", "status"]?.string ?? "unknown" }
    package var description: String { json["info", "description"]?.string ?? "" }
    package var notes: String { json["info", "notes"]?.string ?? "" }
    package var manifest: String { json["manifest"]?.string ?? "" }
    package var hooks: [JSONValue] { json["hooks"]?.array ?? [] }
    /// The values that the user gave.
    package var config: JSONValue { json["config"] ?? .null }
    package var chartMetadata: JSONValue { json["chart", "metadata"] ?? .null }
    package var appVersion: String { chartMetadata["appVersion"]?.string ?? "" }
    /// `ssa` or `csa`, where the client said: Helm 3 didn't.
    package var applyMethod: String? { json["apply_method"]?.string }
    /// `app-1.2.3`
    package var chart: String {
        "\(chartMetadata["name"]?.string ?? "?")-\(chartMetadata["version"]?.string ?? "?")"
    }

    /// `first_deployed`, `last_deployed` or `deleted`; nil where it has no time.
    package func time(_ key: String) -> String? {
        guard let text = json["info", key]?.string, !text.isEmpty, !text.hasPrefix("0001-") else { return nil }
        return text
    }

    /// The user's values over the default values of the chart. Those of subcharts aren't part of a record.
    package var computedValues: JSONValue {
        Self.merged(config, over: json["chart", "values"] ?? [:])
    }

    private static func merged(_ values: JSONValue, over defaults: JSONValue) -> JSONValue {
        guard case .object(var result) = defaults else { return values.isNull ? defaults : values }
        for (key, value) in values.object ?? [:] {
            // A null takes a default away.
            if value.isNull {
                result[key] = nil
            } else if value.object != nil, let inner = result[key], inner.object != nil {
                result[key] = merged(value, over: inner)
            } else {
                result[key] = value
            }
        }
        return .object(result)
    }
}
