import Crypto
import KubeModel
import SkyfloAPI

/// Names, labels and annotations of what is made for a SkyfloAI.
package struct ComponentNames: Sendable, Hashable {
    package static let managerLabel = "app.kubernetes.io/managed-by"
    package static let manager = "skyflo-operator"
    package static let versionLabel = "app.kubernetes.io/version"
    /// Names the SkyfloAI, and its uid after a slash: what is left of the owner where somebody took the owner reference away.
    package static let ownerAnnotation = "skyflo.ai/installed-for"
    /// A digest of all that was applied: where it differs, something has to be applied or given up.
    package static let digestAnnotation = "skyflo.ai/applied-digest"

    /// All objects that were made for any SkyfloAI.
    package static let selector = LabelSelector(matching: [managerLabel: manager])

    package let namespace: String
    package let owner: String
    package let uid: String

    package init(of skyfloAI: KubeObject) {
        namespace = skyfloAI.namespace ?? ""
        owner = skyfloAI.name
        uid = skyfloAI.uid
    }

    /// The name of a component's objects, `NAME-ui` as the reference system has it. One that is no name of a Service is
    /// replaced by one with a digest.
    package func name(of kind: ComponentKind) -> String {
        let name = "\(owner)-\(kind.rawValue)"
        return Self.isServiceName(name) ? name : "skyflo-\(Self.digest(owner).prefix(10))-\(kind.rawValue)"
    }

    package func tlsSecretName(of kind: ComponentKind) -> String { name(of: kind) + "-tls" }

    package func selectorLabels(of kind: ComponentKind) -> [String: String] {
        ["app.kubernetes.io/name": "skyflo", "app.kubernetes.io/instance": name(of: kind)]
    }

    package func labels(of kind: ComponentKind, version: String) -> [String: String] {
        selectorLabels(of: kind).merging([
            "app.kubernetes.io/component": kind.rawValue, "app.kubernetes.io/part-of": "skyflo",
            Self.managerLabel: Self.manager, Self.versionLabel: Self.label(version: version),
        ]) { $1 }
    }

    package var ownerAnnotationValue: String { "\(owner)/\(uid)" }

    /// Not one that holds up a foreground deletion of the SkyfloAI: the right to say so may have to be given for it.
    package func ownerReference(of skyfloAI: KubeObject) -> OwnerReference {
        OwnerReference(
            apiVersion: skyfloAI.apiVersion.isEmpty ? APIResource.skyfloAIs.apiVersion : skyfloAI.apiVersion,
            kind: APIResource.skyfloAIs.kind, name: owner, uid: uid, controller: true, blockOwnerDeletion: false)
    }

    /// Whether an object may be changed: this SkyfloAI controls it, or did until somebody took the reference away.
    package func own(_ object: KubeObject) -> Bool {
        if let controller = object.controller { return controller.uid == uid }
        return object.annotations[Self.ownerAnnotation] == ownerAnnotationValue
    }

    /// Whether an object may be removed: it has both the owner reference and the labels.
    package func ownForRemoval(_ object: KubeObject) -> Bool {
        object.controller?.uid == uid && object.labels[Self.managerLabel] == Self.manager
            && object.labels["app.kubernetes.io/part-of"] == "skyflo"
    }

    /// The SkyfloAIs that an object was made for, by whatever is left that says so.
    package static func owners(of object: KubeObject) -> [ObjectKey] {
        var names: [String] = []
        if let controller = object.controller, controller.kind == APIResource.skyfloAIs.kind {
            names.append(controller.name)
        }
        if let name = object.annotations[ownerAnnotation]?.split(separator: "/").first.map(String.init),
            !names.contains(name)
        {
            names.append(name)
        }
        return names.map { ObjectKey(namespace: object.namespace, name: $0) }
    }

    /// A version as the value of a label: `+` and what else isn't allowed there becomes `_`.
    static func label(version: String) -> String {
        let allowed = version.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }
        let cut = String(allowed.prefix(63)).drop { !$0.isLetter && !$0.isNumber }
        var result = String(cut)
        while let last = result.last, !last.isLetter, !last.isNumber { result.removeLast() }
        return result
    }

    /// The first 16 digits of SHA-256 over the text.
    package static func digest(_ text: String) -> String {
        SHA256.hash(data: Array(text.utf8)).prefix(8).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// DNS-1035, with room for the ending of the Secret's name.
    private static func isServiceName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7A).contains(first), name.utf8.count <= 59 else { return false }
        return name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}

extension APIResource {
    package static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
    package static let networkPolicies = APIResource(
        group: "networking.k8s.io", version: "v1", plural: "networkpolicies", kind: "NetworkPolicy")
    package static let ingresses = APIResource(
        group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress")
    package static let disruptionBudgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    package static let httpRoutes = APIResource(
        group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes", kind: "HTTPRoute")
}
