/// What templates see as `.Capabilities`.
package struct KubeCapabilities: Sendable {
    /// As the server says it, `v1.33.4-gke.1245000`.
    package var version: String
    package var major: String
    package var minor: String
    package var apiVersions: [String]

    /// The version without what a vendor adds, which constraints are compared with.
    package var plainVersion: String

    /// The newest Kubernetes that Helm v4.2.3 knows.
    package static let standard = KubeCapabilities(
        version: "v1.36.0", major: "1", minor: "36", apiVersions: standardVersions, plainVersion: "v1.36.0")

    package init(version: String, major: String, minor: String, apiVersions: [String], plainVersion: String) {
        self.version = version
        self.major = major
        self.minor = minor
        self.apiVersions = apiVersions
        self.plainVersion = plainVersion
    }

    /// The same for another version, `1.30` or `v1.30.2`.
    package func with(kubeVersion text: String) throws(HelmError) -> KubeCapabilities {
        let bare = text.hasPrefix("v") ? text.dropFirst() : text[...]
        let numbers = bare.prefix { $0.isNumber || $0 == "." }.split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count >= 2, numbers.allSatisfy({ UInt64($0) != nil }) else {
            throw HelmError("could not parse \(GoQuote.quoted(ByteString(text)).text) as version")
        }
        var capabilities = self
        capabilities.version = text.hasPrefix("v") ? text : "v\(text)"
        capabilities.major = String(numbers[0])
        capabilities.minor = String(numbers[1])
        let plain = numbers.prefix(3).map(String.init) + (numbers.count == 2 ? ["0"] : [])
        capabilities.plainVersion = "v" + plain.joined(separator: ".")
        return capabilities
    }

    var object: HelmObject {
        let kubeVersion = StructObject(
            type: "common.KubeVersion",
            fields: [
                ("Version", .string(version)), ("normalizedVersion", .string(plainVersion)), ("Major", .string(major)),
                ("Minor", .string(minor)),
            ], text: ByteString(plainVersion), methods: ["GitVersion": .string(version)],
            json: [("Version", .string(version)), ("Major", .string(major)), ("Minor", .string(minor))])
        let helmVersion = StructObject(
            type: "version.BuildInfo",
            fields: [
                ("Version", .string("v4.2")), ("GitCommit", .string("")), ("GitTreeState", .string("")),
                ("GoVersion", .string("go1.26.6")), ("KubeClientVersion", .string("v1.36")),
            ],
            json: [
                ("version", .string("v4.2")), ("go_version", .string("go1.26.6")),
                ("kube_client_version", .string("v1.36")),
            ])
        return StructObject(
            type: "*common.Capabilities",
            fields: [
                ("KubeVersion", .object(kubeVersion)),
                ("APIVersions", .list(HelmList(apiVersions.map { .string($0) }, type: .version))),
                ("HelmVersion", .object(helmVersion)),
            ])
    }

    private static let standardVersions = """
        v1 admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1alpha1 \
        admissionregistration.k8s.io/v1beta1 internal.apiserver.k8s.io/v1alpha1 apps/v1 apps/v1beta1 apps/v1beta2 \
        authentication.k8s.io/v1 authentication.k8s.io/v1alpha1 authentication.k8s.io/v1beta1 \
        authorization.k8s.io/v1 authorization.k8s.io/v1beta1 autoscaling/v1 autoscaling/v2 batch/v1 batch/v1beta1 \
        certificates.k8s.io/v1 certificates.k8s.io/v1beta1 certificates.k8s.io/v1alpha1 \
        coordination.k8s.io/v1alpha2 coordination.k8s.io/v1beta1 coordination.k8s.io/v1 discovery.k8s.io/v1 \
        discovery.k8s.io/v1beta1 events.k8s.io/v1 events.k8s.io/v1beta1 extensions/v1beta1 \
        flowcontrol.apiserver.k8s.io/v1 flowcontrol.apiserver.k8s.io/v1beta1 flowcontrol.apiserver.k8s.io/v1beta2 \
        flowcontrol.apiserver.k8s.io/v1beta3 networking.k8s.io/v1 networking.k8s.io/v1beta1 node.k8s.io/v1 \
        node.k8s.io/v1alpha1 node.k8s.io/v1beta1 policy/v1 policy/v1beta1 rbac.authorization.k8s.io/v1 \
        rbac.authorization.k8s.io/v1beta1 rbac.authorization.k8s.io/v1alpha1 resource.k8s.io/v1 \
        resource.k8s.io/v1beta2 resource.k8s.io/v1beta1 resource.k8s.io/v1alpha3 scheduling.k8s.io/v1alpha2 \
        scheduling.k8s.io/v1beta1 scheduling.k8s.io/v1 storage.k8s.io/v1beta1 storage.k8s.io/v1 \
        storage.k8s.io/v1alpha1 storagemigration.k8s.io/v1beta1 apiextensions.k8s.io/v1beta1 \
        apiextensions.k8s.io/v1
        """.split(separator: " ").map(String.init)
}
