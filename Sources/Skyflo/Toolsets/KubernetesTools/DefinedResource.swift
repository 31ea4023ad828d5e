import KubeClient
import KubeModel
import ToolKit
import Writes

/// The resource that a CustomResourceDefinition will bring, told from the definition alone.
struct DefinedResource {
    let resource: APIResource

    /// - Throws: ``ToolFailure`` where it won't be served in that version.
    init(_ definition: KubeObject, version: String) throws(ToolFailure) {
        let group = definition["spec", "group"]?.string ?? ""
        let names = definition["spec", "names"]
        let kind = names?["kind"]?.string ?? ""
        let served = (definition["spec", "versions"]?.array ?? []).filter { $0["served"]?.bool == true }
            .compactMap { $0["name"]?.string }
        guard served.contains(version) else {
            throw ToolFailure(
                "content: CustomResourceDefinition \(definition.name) serves no version \(version) of \(kind), but "
                    + (served.isEmpty ? "none" : served.joined(separator: ", ")))
        }
        // By the API server's rule, and so that nothing but a name gets into a path.
        guard let plural = names?["plural"]?.string, Names.isLabel(plural), Names.isSubdomain(group),
            Names.isLabel(version),
            definition.name == "\(plural).\(group)"
        else {
            throw ToolFailure(
                "content: CustomResourceDefinition \(definition.name) must be named by its plural and group "
                    + "(spec.names.plural, a dot, spec.group), and its versions by DNS labels")
        }
        resource = APIResource(
            group: group, version: version, plural: plural, kind: kind,
            namespaced: definition["spec", "scope"]?.string != "Cluster")
    }
}
