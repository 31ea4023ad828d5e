@testable import Helm

/// The objects of the chart that expressions are tried in.
enum ProbeObjects {
    static var kid: HelmValue {
        .map(chart(name: "kid", version: "0.3.0", appVersion: "k1", isRoot: false))
    }

    static var probe: HelmValue {
        let map = chart(name: "probe", version: "1.4.2+build.7", appVersion: "2.0", isRoot: true)
        map["Type"] = .string("application")
        map["Description"] = .string("A chart for trying expressions")
        map["KubeVersion"] = .string(">=1.20.0-0")
        map["Home"] = .string("https://example.com/probe")
        map["Icon"] = .string("https://example.com/i.png")
        map["Sources"] = .list([.string("https://example.com/src")])
        map["Keywords"] = .list([.string("probe"), .string("demo")])
        map["Annotations"] = .map(
            HelmMap(["example.com/team": .string("core"), "example.com/count": .string("3")], type: .strings))
        map["Maintainers"] = .list([maintainer("Ana", "ana@example.com"), maintainer("Bo", "")])
        map["Dependencies"] = .list([.map(["Name": .string("kid"), "Version": .string("0.3.0")])])
        return .map(map)
    }

    private static func maintainer(_ name: String, _ email: String) -> HelmValue {
        .map(["Name": .string(name), "Email": .string(email), "URL": .string("")])
    }

    private static func chart(name: String, version: String, appVersion: String, isRoot: Bool) -> HelmMap {
        HelmMap([
            "Name": .string(name), "Version": .string(version), "AppVersion": .string(appVersion),
            "APIVersion": .string("v2"), "IsRoot": .bool(isRoot), "Type": .string(""), "Description": .string(""),
            "KubeVersion": .string(""), "Home": .string(""), "Icon": .string(""), "Condition": .string(""),
            "Tags": .string(""), "Deprecated": .bool(false),
            "Annotations": .map(HelmMap(type: .strings, isNil: true)),
            "Sources": .list(HelmList([])),
            "Keywords": .list(HelmList([])),
            "Maintainers": .list(HelmList([])),
            "Dependencies": .list(HelmList([])),
        ])
    }

    static var capabilities: StructObject {
        let version = StructObject(
            type: "common.KubeVersion",
            fields: [
                ("Version", .string("v1.36.0")), ("Major", .string("1")), ("Minor", .string("36")),
            ],
            text: "v1.36.0", methods: ["GitVersion": .string("v1.36.0")])
        let helm = StructObject(
            type: "version.BuildInfo",
            fields: [
                ("Version", .string("v4.2")), ("GitCommit", .string("")), ("GitTreeState", .string("")),
                ("GoVersion", .string("go1.26.6")),
            ])
        return StructObject(
            type: "*common.Capabilities",
            fields: [
                ("KubeVersion", .object(version)), ("APIVersions", .list(HelmList(versions, type: .version))),
                ("HelmVersion", .object(helm)),
            ])
    }

    private static var versions: [HelmValue] {
        """
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
        """.split(separator: " ").map { .string($0) }
    }
}
