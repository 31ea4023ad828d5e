import Installation
import KubeModel
import SkyfloAPI

/// A SkyfloAI as the API server stores it.
func skyfloAI(_ spec: JSONValue, name: String = "skyflo") -> SkyfloAI {
    var object = KubeObject(.skyfloAIs, namespace: "skyflo-system", name: name, members: ["spec": spec])
    object["metadata", "uid"] = "uid-1"
    return SkyfloAI(object)
}

let build = OperatorBuild(
    image: "registry.example.com/skyflo:1", pullPolicy: "IfNotPresent", version: "1.0.0",
    since: KubeTime(seconds: 1_800_000_000), pullSecrets: ["own"], namespace: "skyflo-system")

func objects(_ spec: JSONValue, kind: ComponentKind = .ui, name: String = "skyflo") -> [WantedObject] {
    let skyfloAI = skyfloAI(spec, name: name)
    return ComponentObjects(
        of: skyfloAI, kind: kind, settings: skyfloAI.components[kind] ?? ComponentSettings(), build: build,
        claim: build.claim, certificateDigest: "c1"
    ).all()
}

func deployment(_ spec: JSONValue, kind: ComponentKind = .ui) -> KubeObject {
    objects(spec, kind: kind).first { $0.resource == .deployments }?.object ?? KubeObject(.null)
}

func container(_ spec: JSONValue, kind: ComponentKind = .ui) -> JSONValue {
    deployment(spec, kind: kind)["spec", "template", "spec", "containers"]?[0] ?? .null
}
