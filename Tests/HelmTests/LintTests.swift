import Testing

@testable import Helm

/// What `helm lint` v4.2.3 says, recorded from its SDK.
struct LintTests {
    private static let metadata = "apiVersion: v2\nname: app\nversion: 1.0.0\nicon: https://a/b\n"

    @Test(arguments: [
        ("unknown: 1\nfoo: 2\n", "error unmarshaling JSON: while decoding JSON: json: unknown field \"foo\""),
        (
            "maintainers: [{name: a, foo: b}]\n",
            "error unmarshaling JSON: while decoding JSON: json: unknown field \"foo\""
        ),
        (
            "annotations: {a: 1, a: 2}\n",
            "error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key \"a\" already set in map"
        ),
        (
            "name: x\nicon: https://a/c\n",
            "error converting YAML to JSON: yaml: unmarshal errors:\n  line 5: key \"name\" already set in map\n"
                + "  line 6: key \"icon\" already set in map"
        ),
    ])
    func `Chart yaml is read strictly`(more: String, problem: String) {
        let messages = messages(["Chart.yaml": Self.metadata + more, "values.yaml": "", "templates/a.yaml": ""])
        #expect(
            messages == ["[WARNING] Chart.yaml: failed to strictly parse chart metadata file\n\t\(problem)"])
    }

    @Test(arguments: [
        (
            "text\n",
            "[ERROR] templates/a.yaml: unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot "
                + "unmarshal string into Go value of type rules.k8sYamlStruct"
        ),
        (
            "metadata: {name: [x]}\n",
            "[ERROR] templates/a.yaml: unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: cannot "
                + "unmarshal array into Go struct field k8sYamlMetadata.Metadata.Name of type string"
        ),
        (
            "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: x}\n",
            "[WARNING] templates/a.yaml: batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 "
                + "CronJob"
        ),
        (
            "apiVersion: v1\nkind: List\nitems: [{metadata: {annotations: {helm.sh/resource-policy: keep}}}]\nmetadata: "
                + "{name: x}\n",
            "[ERROR] templates/a.yaml: annotation 'helm.sh/resource-policy' within List objects are ignored"
        ),
    ])
    func `manifests are examined`(manifest: String, message: String) {
        let messages = messages(["Chart.yaml": Self.metadata, "values.yaml": "", "templates/a.yaml": manifest])
        #expect(messages == [message])
    }

    @Test func `a version that wasn't deprecated then is no problem`() {
        #expect(DeprecatedKinds.warning(apiVersion: "batch/v1beta1", kind: "CronJob", in: "v1.20.3") == nil)
        #expect(DeprecatedKinds.warning(apiVersion: "apps/v1", kind: "Deployment", in: "v1.36.0") == nil)
        #expect(
            DeprecatedKinds.warning(apiVersion: "v1", kind: "Endpoints", in: "v1.33.0")
                == "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice")
    }

    private func messages(_ files: [String: String]) -> [String] {
        let renderer = ChartRenderer(
            release: .init(name: "test-release", namespace: "default"),
            environment: TemplateEnvironment(now: { (0, 0) }))
        let files = files.map { ChartFile(name: $0.key, data: Array($0.value.utf8)) }
        return ChartLinter.messages(files: files, path: "app", values: HelmMap(), renderer: renderer).map(\.text.text)
    }
}

struct ReleaseNameTests {
    @Test(arguments: ["a", "web-1", "a.b", String(repeating: "x", count: 53)]) func `a name is taken`(name: String)
        throws
    {
        try ReleaseName.check(name)
    }

    @Test(arguments: ["", "A", "a_b", "-a", "a-", "a..b", ".a", String(repeating: "x", count: 54)])
    func `a name is refused`(name: String) {
        #expect(throws: HelmError.self) { try ReleaseName.check(name) }
    }

    @Test func `a template makes a name`() throws {
        let environment = TemplateEnvironment(now: { (0, 0) })
        #expect(try ReleaseName.made(by: "web-{{ lower \"X\" }}", environment: environment) == "web-x")
    }
}
