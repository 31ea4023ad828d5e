import Helm
import KubeModel

/// The objects that an installation may consist of, whichever values it had and whichever way it took.
///
/// A label alone doesn't make an object one of ours: other products may have the same. It has to be one of these, or bear our
/// field manager.
package struct KnownObjects: Sendable {
    /// A type without its version, and a name.
    private struct Entry: Hashable {
        var group: String
        var kind: String
        var name: String
    }

    private let entries: Set<Entry>

    /// - Parameter namespace: The operator's own; a Namespace of that name is known.
    package init(namespace: String) throws(HelmError) {
        let everything = try ValuesReader.read(
            """
            namespace: {create: true}
            replicas: 2
            rbac: {readSecrets: true, moveTranscripts: true, webSignIn: true, localAccounts: true}
            serviceMonitor: {enabled: true}
            """)
        let objects = try InstallationChart.objects(values: everything, namespace: namespace)
        var entries = Set((objects + InstallationChart.webObjects).compactMap(Self.entry))
        // Of earlier versions, and of the chart's test.
        for kind in ["Role", "RoleBinding"] {
            for name in ["skyflo-operator-leases", "skyflo-doctor"] {
                entries.insert(Entry(group: "rbac.authorization.k8s.io", kind: kind, name: name))
            }
        }
        for kind in ["ClusterRole", "ClusterRoleBinding"] {
            entries.insert(Entry(group: "rbac.authorization.k8s.io", kind: kind, name: "skyflo-doctor"))
        }
        entries.insert(Entry(group: "", kind: "ServiceAccount", name: "skyflo-doctor"))
        entries.insert(Entry(group: "", kind: "Pod", name: "skyflo-doctor"))
        self.entries = entries
    }

    private static func entry(_ object: KubeObject) -> Entry? {
        InstalledObject(object).map { Entry(group: $0.type.group, kind: $0.type.kind, name: $0.key.name) }
    }

    /// Whether the object is one that some installation makes.
    package func contains(_ object: KubeObject) -> Bool {
        Self.entry(object).map(entries.contains) ?? false
    }
}

extension KubeObject {
    /// Whether the installer of this program applied it.
    package var isInstalledByUs: Bool {
        (metadata["managedFields"]?.array ?? []).contains { $0["manager"]?.string == Installer.fieldManager }
    }

    /// Whether it bears the label of all our manifests.
    package var isLabelledOurs: Bool { labels["app.kubernetes.io/name"] == "skyflo" }
}
