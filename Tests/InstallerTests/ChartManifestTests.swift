import Foundation
import Helm
import HelmFiles
import Installer
import KubeModel
import Testing

/// One source for kubectl, Helm and this program.
struct ChartManifestTests {
    private static func byName(_ objects: [KubeObject]) -> [InstalledObject: KubeObject] {
        Dictionary(objects.compactMap { object in InstalledObject(object).map { ($0, object) } }) { $1 }
    }

    private static func rendered(_ values: String, namespace: String = "skyflo-system") throws -> [KubeObject] {
        let chart = try ChartPath.load(Repository.root.appending(path: "config/chart").path)
        let renderer = ChartRenderer(
            release: .init(name: "any", namespace: namespace), environment: HelmClock.environment())
        return try renderer.render(chart, values: ValuesReader.read(ByteString(values))).manifests.flatMap { manifest in
            try YAML.parseAll(manifest.text.text).map { KubeObject($0) }
        }
    }

    @Test func `the chart makes the objects of config default, one by one`() throws {
        let kustomized = try Repository.kustomized("config/default")
        #expect(kustomized.count > 30)
        let chart = try Self.rendered("namespace: {create: true}")
        #expect(chart.count == kustomized.count)
        let wanted = Self.byName(kustomized)
        let found = Self.byName(chart)
        #expect(Set(found.keys) == Set(wanted.keys))
        for (name, object) in wanted { #expect(found[name] == object, "\(name)") }
        let plain = try Self.rendered("")
        #expect(Set(wanted.keys).subtracting(Self.byName(plain).keys).map(\.type.kind) == ["Namespace"])
    }

    @Test func `this program installs the same`() throws {
        let wanted = Self.byName(try Repository.kustomized("config/default"))
        let values = try ValuesReader.read("namespace: {create: true}")
        let own = Self.byName(try InstallationChart.objects(values: values, namespace: "skyflo-system"))
        #expect(own == wanted)
    }

    @Test func `the chart's files are those of the repository`() throws {
        let files = Dictionary(uniqueKeysWithValues: InstallationChart.files.map { ($0.name, $0.data) })
        let folder = try ChartPath.files(of: Repository.root.appending(path: "config/chart").path)
        for file in folder where ![".helmignore", "templates/NOTES.txt"].contains(file.name) {
            guard !file.name.hasPrefix("templates/tests/") else { continue }
            #expect(
                files[file.name] == file.data,
                "\(file.name): run hack/chart.sh and commit, or embed it in Package.swift")
        }
        #expect(Set(files.keys).subtracting(folder.map(\.name)).isEmpty)
    }

    @Test func `the version is the same everywhere`() throws {
        let version = try InstallationChart.version()
        let deployment = try #require(try Repository.objects("config/manager/deployment.yaml").first)
        #expect(deployment.labels["app.kubernetes.io/version"] == version)
        let program = try Repository.text("Sources/Skyflo/skyflo/Skyflo.swift")
        #expect(program.contains("static let current = \"\(version)\""))
    }

    @Test func `a value reaches the object that it is about`() throws {
        let objects = try installation(
            """
            replicas: 3
            logLevel: debug
            watchNamespace: shop
            extraArgs: [--concurrency=2]
            extraEnv: [{name: A, value: b}]
            proxy: {https: "http://proxy:3128", "no": .svc}
            imagePullSecrets: [{name: registry}]
            nodeSelector: {disk: ssd}
            serviceAccount: {annotations: {role: arn}}
            podLabels: {team: x, app.kubernetes.io/name: other}
            rbac: {people: false, tools: false, readSecrets: true}
            networkPolicy: {enabled: false}
            serviceMonitor: {enabled: true}
            """, namespace: "copilot")
        let deployment = try #require(objects.first { $0.kind == "Deployment" })
        let pod = try #require(deployment["spec", "template", "spec"])
        let container = try #require(pod["containers"]?.array?.first)
        #expect(deployment["spec", "replicas"] == 3)
        let args = container["args"]?.array?.compactMap(\.string) ?? []
        #expect(
            args.suffix(3) == ["--log-level=debug", "--namespace=shop", "--concurrency=2"] && args.first == "operator")
        let env = container["env"]?.array?.compactMap { $0["name"]?.string } ?? []
        #expect(env == ["POD_NAME", "POD_NAMESPACE", "POD_UID", "POD_IP", "HTTPS_PROXY", "NO_PROXY", "A"])
        #expect(pod["imagePullSecrets"] == [["name": "registry"]] && pod["nodeSelector"] == ["disk": "ssd"])
        // The selector's labels can't be taken away.
        let labels = deployment["spec", "template", "metadata", "labels"]
        #expect(labels?["team"] == "x" && labels?["app.kubernetes.io/name"] == "skyflo")
        let kinds = objects.map(\.kind)
        #expect(
            !kinds.contains("NetworkPolicy") && kinds.contains("ServiceMonitor")
                && kinds.contains("PodDisruptionBudget"))
        #expect(
            objects.filter { $0.kind == "ClusterRole" }.map(\.name).sorted() == [
                "skyflo-components", "skyflo-operator", "skyflo-operator-secrets",
            ])
        #expect(objects.allSatisfy { $0.namespace == nil || $0.namespace == "copilot" })
        #expect(objects.first { $0.kind == "Namespace" }?.name == "copilot")
        for binding in objects where binding.kind.hasSuffix("Binding") {
            for subject in binding["subjects"]?.array ?? [] where subject["kind"] == "ServiceAccount" {
                #expect(subject["namespace"] == "copilot")
            }
        }
        let account = objects.first { $0.kind == "ServiceAccount" }
        #expect(account?.annotations == ["role": "arn"])
    }

    @Test(arguments: [("", nil), ("replicas: null", nil), ("replicas: 0", 0), ("replicas: 1", 1)] as [(String, Int?)])
    func `how many operators there are is left to others unless a number is given`(_ values: String, count: Int?) throws
    {
        let objects = try installation(values)
        let deployment = try #require(objects.first { $0.kind == "Deployment" })
        #expect(deployment["spec", "replicas"]?.int == count)
        #expect(!objects.contains { $0.kind == "PodDisruptionBudget" })
    }

    @Test func `the right to make components can be left out, and only that`() throws {
        let all = Set(Self.byName(try installation()).keys)
        let without = Set(Self.byName(try installation("rbac: {components: false}")).keys)
        #expect(without.isSubset(of: all))
        #expect(
            all.subtracting(without).map(\.description) == ["rolebinding.rbac.authorization.k8s.io/skyflo-components"])
    }

    @Test func `names that YAML takes for numbers stay texts`() throws {
        let values = "serviceMonitor: {enabled: true}\nskyfloAI: {create: true, name: \"1e3\"}"
        let objects = try InstallationChart.objects(values: ValuesReader.read(ByteString(values)), namespace: "123")
        #expect(objects.contains { $0.kind == "ServiceMonitor" })
        #expect(objects.first { $0.kind == "SkyfloAI" }?["metadata", "name"] == "1e3")
        for object in try objects + Self.rendered("", namespace: "123") {
            let namespace = object["metadata", "namespace"]
            #expect(namespace == nil || namespace == "123", "\(object.kind) \(object.name)")
            for subject in object["subjects"]?.array ?? [] where subject["kind"] == "ServiceAccount" {
                #expect(subject["namespace"] == "123", "\(object.kind) \(object.name)")
            }
        }
    }

    @Test func `Helm leaves the Secrets with accounts when the value or the release goes`() throws {
        let secrets = try installation("rbac: {webSignIn: true}").filter { $0.kind == "Secret" }
        #expect(secrets.contains { $0.name == "skyflo-web-accounts" })
        #expect(secrets.allSatisfy { $0.annotations["helm.sh/resource-policy"] == "keep" })
    }

    @Test(arguments: [
        ("replicas: many", "/replicas"), ("replicas: -1", "/replicas"), ("nodeselector: {}", "nodeselector"),
        ("image: {repository: 'A b'}", "/image/repository"), ("image: {digest: sha256:1}", "/image/digest"),
        ("logLevel: loud", "/logLevel"), ("skyfloAI: {create: yes please}", "/skyfloAI/create"),
        ("extraEnv: {A: b}", "/extraEnv"),
    ])
    func `a value that can't be meant is refused by its name`(_ values: String, name: String) throws {
        do throws(HelmError) {
            _ = try InstallationChart.objects(values: try ValuesReader.read(ByteString(values)), namespace: "x")
            Issue.record("it was taken")
        } catch {
            #expect(error.message.text.contains(name), "\(error.message.text)")
        }
    }

    @Test(
        arguments: [
            ("skyflo", "skyflo", nil, nil),
            ("registry.example.com:5000/a/skyflo", "registry.example.com:5000/a/skyflo", nil, nil),
            ("localhost:5000/skyflo:1.0", "localhost:5000/skyflo", "1.0", nil),
            (
                "a/b:c@sha256:" + String(repeating: "0", count: 64), "a/b", "c",
                "sha256:" + String(repeating: "0", count: 64)
            ),
        ] as [(String, String, String?, String?)])
    func `an image is taken apart`(_ text: String, repository: String, tag: String?, digest: String?) {
        let image = InstalledImage(text)
        #expect(image?.repository == repository && image?.tag == tag && image?.digest == digest)
    }

    @Test(arguments: ["", "a b", "a:b:c", "a//b", "a@sha256:12", "A/b", "a:", "a@b@c", "https://a/b"])
    func `what names no image is refused`(_ text: String) {
        #expect(InstalledImage(text) == nil)
    }
}
