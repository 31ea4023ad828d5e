import KubeClient
import KubeModel
import ToolKit
import Writes

extension ToolContext {
    /// Where an object of this resource is: nil for cluster-scoped resources.
    ///
    /// - Throws: ``ToolFailure`` where a namespace is named for a cluster-scoped resource. Who names one has something else
    ///   in mind than what would happen.
    func namespace(of resource: APIResource, _ arguments: ToolArguments) throws(ToolFailure) -> String? {
        if resource.namespaced { return arguments.string("namespace") ?? namespace }
        if let namespace = arguments.string("namespace") {
            throw ToolFailure(
                "\(resource.plural) are not namespaced: leave out the parameter namespace (\"\(namespace)\")")
        }
        return nil
    }

    /// The object that `kind`, `namespace` and a name argument point at.
    func target(_ arguments: ToolArguments, name parameter: String = "name") async throws -> LiveTarget {
        let match = try await match(try arguments.requiredString("kind"))
        let resource = match.resource
        let name = try arguments.requiredString(parameter)
        try Names.check(name, of: resource)
        let namespace = try namespace(of: resource, arguments)
        let object = try await object(match, namespace: namespace, name: name)
        return LiveTarget(resource: resource, namespace: namespace, object: object)
    }
}
