import Helm
import HelmFiles
import KubeModel

/// The chart of config/chart, as this program was built with it: the source of all that an installation consists of, whether
/// by kubectl, by Helm or by this program.
///
/// The manifests in it are those of `crds/`, `rbac/` and `config/` themselves. In the chart's folder are copies, because a
/// package of a chart follows no links.
package enum InstallationChart {
    private static let manifests: [(name: String, bytes: [UInt8])] = [
        ("skyflo.ai_conversations.yaml", PackageResources.conversations_yaml),
        ("skyflo.ai_skyfloais.yaml", PackageResources.skyfloais_yaml),
        ("operator.yaml", PackageResources.operator_yaml),
        ("people.yaml", PackageResources.people_yaml),
        ("tools.yaml", PackageResources.tools_yaml),
        ("read-secrets.yaml", PackageResources.read_secrets_yaml),
        ("move-transcripts.yaml", PackageResources.move_transcripts_yaml),
        ("web-sign-in.yaml", PackageResources.web_sign_in_yaml),
        ("local-accounts.yaml", PackageResources.local_accounts_yaml),
        ("skyflo-approvals.yaml", PackageResources.approvals_yaml),
        ("deployment.yaml", PackageResources.manager_deployment_yaml),
        ("disruption-budget.yaml", PackageResources.manager_disruption_budget_yaml),
        ("network-policy.yaml", PackageResources.manager_network_policy_yaml),
        ("service.yaml", PackageResources.manager_service_yaml),
    ]

    private static let templates: [(name: String, bytes: [UInt8])] = [
        ("_helpers.tpl", PackageResources.template_helpers_tpl),
        ("admission.yaml", PackageResources.template_admission_yaml),
        ("crds.yaml", PackageResources.template_crds_yaml),
        ("deployment.yaml", PackageResources.template_deployment_yaml),
        ("disruption-budget.yaml", PackageResources.template_disruption_budget_yaml),
        ("network-policy.yaml", PackageResources.template_network_policy_yaml),
        ("rbac.yaml", PackageResources.template_rbac_yaml),
        ("service.yaml", PackageResources.template_service_yaml),
        ("service-monitor.yaml", PackageResources.template_service_monitor_yaml),
        ("skyfloai.yaml", PackageResources.template_skyfloai_yaml),
    ]

    /// The files of the chart, with their paths in it; without its test and its notes, which only Helm uses.
    package static var files: [ChartFile] {
        [
            ChartFile(name: "Chart.yaml", data: PackageResources.chart_yaml),
            ChartFile(name: "values.yaml", data: PackageResources.values_yaml),
            ChartFile(name: "values.schema.json", data: PackageResources.values_schema_json),
        ] + templates.map { ChartFile(name: "templates/\($0.name)", data: $0.bytes) }
            + manifests.map { ChartFile(name: "manifests/\($0.name)", data: $0.bytes) }
    }

    /// The version of the manifests, which is that of the program that they were made for.
    package static func version() throws(HelmError) -> String { try ChartLoader.load(files: files).metadata.version }

    /// The chart's values.yaml, whose comments say what each value means.
    package static var valuesText: ByteString { ByteString(bytes: PackageResources.values_yaml) }

    /// Whether a person's values name an image: the chart's own is a placeholder.
    package static func namesImage(_ values: HelmMap) -> Bool {
        guard case .map(let image)? = values["image"], case .string(let repository)? = image["repository"] else {
            return false
        }
        return !repository.isEmpty
    }

    /// Renders the chart as Helm does.
    ///
    /// - Parameters:
    ///   - values: Those of a person, which go before the chart's; they are checked by its schema.
    ///   - namespace: The operator's own.
    /// - Returns: The objects, in the order of ``InstallPhase``.
    /// - Throws: `HelmError` with the value that isn't allowed.
    package static func objects(values: HelmMap, namespace: String) throws(HelmError) -> [KubeObject] {
        let chart = try ChartLoader.load(files: files)
        var renderer = ChartRenderer(
            release: .init(name: "skyflo", namespace: namespace), environment: HelmClock.environment())
        // They are applied in order, the definitions first: by then it is so.
        renderer.capabilities.apiVersions.append("skyflo.ai/v1/SkyfloAI")
        let rendered = try renderer.render(chart, values: values)
        var objects: [KubeObject] = []
        for manifest in rendered.manifests {
            do {
                objects += try YAML.parseAll(manifest.text.text).filter { $0 != .null }.map { KubeObject($0) }
            } catch {
                throw HelmError("\(manifest.path.text): \(error)")
            }
        }
        return InstallPhase.sorted(objects)
    }

    /// A CRD, a role and whatever else lies in a manifest of this program.
    package static func objects(inManifest name: String) -> [KubeObject] {
        guard let manifest = manifests.first(where: { $0.name == name }) else { return [] }
        return parsed(manifest.bytes)
    }

    /// What is applied beside the chart (`config/web`), for finding it when all is removed.
    package static var webObjects: [KubeObject] {
        parsed(PackageResources.web_deployment_yaml) + parsed(PackageResources.web_service_yaml)
    }

    /// The manifests of the playground's cluster, which has the operator in its own process: everything but the Deployment and
    /// what goes with it.
    package static var clusterObjects: [KubeObject] {
        [
            "skyflo.ai_conversations.yaml", "skyflo.ai_skyfloais.yaml", "operator.yaml", "people.yaml",
            "skyflo-approvals.yaml",
        ].flatMap { objects(inManifest: $0) }
    }

    /// Built in and tested to be YAML.
    private static func parsed(_ bytes: [UInt8]) -> [KubeObject] {
        let values = try? YAML.parseAll(String(decoding: bytes, as: UTF8.self))
        return (values ?? []).filter { $0 != .null }.map { KubeObject($0) }
    }
}
