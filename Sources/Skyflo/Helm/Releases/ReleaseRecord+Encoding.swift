import KubeModel

/// How a revision's states are called in its record, and in the label of its Secret.
package enum ReleaseStatus: String, Sendable {
    case deployed, uninstalled, superseded, failed, uninstalling
    case pendingInstall = "pending-install"
    case pendingUpgrade = "pending-upgrade"
    case pendingRollback = "pending-rollback"
}

extension ReleaseRecord {
    /// The labels that Helm keeps for itself; all others are the user's.
    package static let systemLabels: Set<String> = ["name", "owner", "status", "version", "createdAt", "modifiedAt"]
    /// Bytes of a Secret's values, by the API server's validation.
    private static let secretLimit = 1 << 20

    package static func secretName(release: String, revision: Int) -> String {
        "sh.helm.release.v1.\(release).v\(revision)"
    }

    /// The record as `release` of a Secret's `data`: JSON, compressed, in base64, and in base64 again for the API.
    ///
    /// - Throws: where it has more bytes than a Secret holds.
    package func encoded() throws(HelmError) -> String {
        let text = try self.text()
        guard text.utf8.count <= Self.secretLimit else {
            throw HelmError(
                "the record of revision \(revision) of release \(name) has \(text.utf8.count) bytes compressed, more than "
                    + "the \(Self.secretLimit) that a Secret holds")
        }
        return Base64.encode(Array(text.utf8))
    }

    /// The record in Helm's own base64 alone, which may be more than a Secret holds.
    package func text() throws(HelmError) -> String {
        Base64.encode(try Gzip.compressed(JSONWriter.bytes(json)))
    }

    /// The Secret of a revision that isn't stored yet.
    ///
    /// - Parameter userLabels: those of ``systemLabels`` are left out.
    /// - Throws: where the record has more bytes than a Secret holds.
    package func secret(userLabels: [String: String] = [:], createdAt: KubeTime) throws(HelmError) -> KubeObject {
        var labels = userLabels.filter { !Self.systemLabels.contains($0.key) }
        labels["name"] = name
        labels["owner"] = "helm"
        labels["status"] = status
        labels["version"] = String(revision)
        labels["createdAt"] = String(createdAt.microseconds / 1_000_000)
        return KubeObject([
            "apiVersion": "v1", "kind": "Secret", "type": .string(Self.secretType),
            "metadata": [
                "name": .string(Self.secretName(release: name, revision: revision)), "namespace": .string(namespace),
                "labels": JSONValue(labels),
            ],
            "data": ["release": .string(try encoded())],
        ])
    }

    /// In canonical form what never changes while a revision's status does, and what a rollback takes over: chart, values,
    /// manifest and hooks, without how these ran. It may hold credentials, so only a keyed digest of it may be stored.
    package var contentBytes: [UInt8] {
        var content: JSONValue = [:]
        for member in ["name", "namespace", "chart", "config", "manifest"] { content[member] = json[member] }
        content["hooks"] = .array(
            hooks.map { hook in
                var hook = hook
                hook["last_run"] = nil
                return hook
            })
        return JSONWriter.bytes(content, options: .canonical)
    }
}
