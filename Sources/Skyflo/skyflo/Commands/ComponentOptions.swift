import ArgumentParser
import Controllers
import FoundationEssentials
import KubeModel

/// Where and of which image the operator makes the components that SkyfloAIs ask for.
struct ComponentOptions: ParsableArguments {
    @Option(
        help:
            "Namespaces, separated by commas, besides the operator's own, in which components may be made. The operator needs the ClusterRole skyflo-components there, by a RoleBinding."
    )
    var componentNamespaces: String = ""
    @Option(
        help:
            "The image of components. Default: that of the operator's own Pod, which $POD_NAME and $POD_NAMESPACE name."
    )
    var componentImage: String?

    func configuration(_ environment: [String: String]) -> ComponentsConfiguration {
        var pod: ObjectKey?
        if let name = environment["POD_NAME"], let namespace = environment["POD_NAMESPACE"] {
            pod = ObjectKey(namespace: namespace, name: name)
        }
        let namespaces = componentNamespaces.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        return ComponentsConfiguration(
            image: componentImage, version: Version.current, pod: pod, namespaces: Set(namespaces),
            startedAt: KubeTime(seconds: Date().timeIntervalSince1970))
    }
}
