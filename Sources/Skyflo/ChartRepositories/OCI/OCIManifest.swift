import Integrations
import KubeModel

/// What a manifest or an index refers to (OCI image specification, "Content Descriptors").
struct OCIDescriptor: Sendable, Hashable {
    var mediaType: String
    var artifactType: String
    var digest: String
    var size: Int
    var architecture: String?
    var system: String?

    /// nil without a digest by SHA-256, which is the only one that is checked.
    init?(_ json: JSONValue) {
        guard let digest = json["digest"]?.string, OCIReference.isDigest(digest), let size = json["size"]?.int,
            size >= 0
        else { return nil }
        mediaType = json["mediaType"]?.string ?? ""
        artifactType = json["artifactType"]?.string ?? ""
        self.digest = digest
        self.size = size
        architecture = json["platform", "architecture"]?.string
        system = json["platform", "os"]?.string
    }
}

/// What a registry answers to the name of something.
struct OCIManifest: Sendable {
    enum Content: Sendable {
        case manifest(config: OCIDescriptor?, layers: [OCIDescriptor])
        case index([OCIDescriptor])
    }

    var content: Content
    /// Texts alone, and those that aren't too long.
    var annotations: [String: String]
    /// Of its own bytes.
    var digest: String

    static let mediaTypes = [
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
    ]

    /// The texts of an object that can be shown.
    static func texts(_ json: JSONValue?) -> [String: String] {
        (json?.object ?? [:]).reduce(into: [:]) { texts, member in
            if let text = member.value.string, text.utf8.count <= 2048, member.key.utf8.count <= 256 {
                texts[member.key] = text
            }
        }
    }

    static let chartConfig = "application/vnd.cncf.helm.config.v1+json"
    /// The second is what Helm 3 wrote before 3.7.
    static let chartLayers = [
        "application/vnd.cncf.helm.chart.content.v1.tar+gzip", "application/tar+gzip",
    ]

    /// - Parameter digest: of the body.
    /// - Throws: ``Integrations/IntegrationError`` for what is no manifest.
    init(_ body: [UInt8], digest: String) throws(IntegrationError) {
        guard let json = try? JSONParser.parse(body), json.object != nil else {
            throw IntegrationError(.malformed, message: "the registry answers with something that is no manifest")
        }
        self.digest = digest
        annotations = Self.texts(json["annotations"])
        if let list = json["manifests"]?.array {
            content = .index(list.prefix(256).compactMap(OCIDescriptor.init))
        } else if let list = json["layers"]?.array {
            content = .manifest(
                config: json["config"].flatMap(OCIDescriptor.init),
                layers: list.prefix(256).compactMap(OCIDescriptor.init))
        } else {
            throw IntegrationError(
                .malformed, message: "the registry answers with a manifest of a kind that isn't known")
        }
    }
}
