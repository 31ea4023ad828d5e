import ControllerRuntime
import Installation
import KubeClient
import KubeModel
import LiveServer
import SkyfloAPI

/// The certificate that a component shows, in a Secret of the kubernetes.io/tls form.
///
/// One that somebody else keeps, such as cert-manager, is used as it is; of it only the certificate is looked at, never the
/// key. Where there is none of the default name, one is made and signed by its own key, and renewed after two thirds of its
/// time.
struct ComponentCertificate: Sendable {
    /// What apple's and other browsers take at most is 398 days.
    static let days = 365.0

    enum Finding: Sendable {
        /// - Parameter renewal: when it is to be looked at again; nil for a Secret of somebody else.
        case usable(digest: String, renewal: KubeTime?)
        case unusable(ComponentCause)
    }

    let api: any KubeAPI
    let caches: ComponentCaches
    let clock: any RuntimeClock

    /// - Parameters:
    ///   - objects: what it is for.
    ///   - isReadOnly: whether nothing may be made.
    func find(for objects: ComponentObjects, isReadOnly: Bool) async throws -> Finding {
        let skyfloAI = objects.skyfloAI.object
        let names = ComponentNames(of: skyfloAI)
        let key = ObjectKey(namespace: skyfloAI.namespace, name: objects.tlsSecretName)
        let secret: KubeObject?
        do {
            secret = try await caches.named(.secrets, key: key, for: skyfloAI.key)
        } catch let forbidden as ComponentsForbidden {
            // Other components have other Secrets.
            return .unusable(.init(reason: "RightsMissing", message: forbidden.message))
        }
        let isOwn = secret.map { names.own($0) && key.name == names.tlsSecretName(of: objects.kind) } ?? false
        if let secret, !isOwn { return Self.foreign(secret) }
        guard secret != nil || objects.settings.tlsSecretName == nil else {
            return .unusable(
                .init(reason: "SecretMissing", message: "the Secret \(key), which tlsSecretName names, does not exist"))
        }
        if let secret {
            let commonName = names.name(of: objects.kind)
            if let found = own(secret, commonName: commonName, hosts: objects.hosts) { return found }
        }
        guard !isReadOnly else {
            return .unusable(
                .init(
                    reason: "Paused",
                    message: "the Secret \(key) has no valid certificate, and spec.paused keeps one from "
                        + "being made"))
        }
        return try await make(objects, key: key, names: names, over: secret)
    }

    private static func foreign(_ secret: KubeObject) -> Finding {
        guard let text = secret["data", "tls.crt"]?.string, !text.isEmpty,
            secret["data", "tls.key"]?.string?.isEmpty == false
        else {
            return .unusable(
                .init(reason: "SecretInvalid", message: "the Secret \(secret.key) has no tls.crt or no tls.key"))
        }
        return .usable(digest: ComponentNames.digest(text), renewal: nil)
    }

    /// nil for one that has to be made anew.
    private func own(_ secret: KubeObject, commonName: String, hosts: [String]) -> Finding? {
        let choice = CertificateChoice.decide(
            facts: facts(of: secret), commonName: commonName, hosts: hosts, now: clock.now)
        guard case .used(let until) = choice else { return nil }
        return .usable(digest: ComponentNames.digest(secret["data", "tls.crt"]?.string ?? ""), renewal: until)
    }

    private func facts(of secret: KubeObject) -> CertificateChoice.Facts? {
        guard let certificate = text("tls.crt", of: secret), let key = text("tls.key", of: secret),
            let validity = try? ServingCertificate(certificatePEM: certificate, keyPEM: key).validity()
        else { return nil }
        return CertificateChoice.Facts(
            begins: validity.begins, ends: validity.ends, renewal: validity.renewal, names: validity.names,
            selfSignedAs: validity.selfSignedAs)
    }

    private func text(_ member: String, of secret: KubeObject) -> String? {
        secret["data", member]?.string.flatMap(Base64.decode).map { String(decoding: $0, as: UTF8.self) }
    }

    private func make(
        _ objects: ComponentObjects, key: ObjectKey, names: ComponentNames, over existing: KubeObject?
    ) async throws -> Finding {
        let made = try ServingCertificate.selfMade(
            names: objects.hosts, commonName: names.name(of: objects.kind), days: Self.days)
        let crt = Base64.encode(Array(made.certificatePEM.utf8))
        var secret = KubeObject(
            .secrets, namespace: key.namespace, name: key.name,
            members: [
                "type": "kubernetes.io/tls",
                "data": ["tls.crt": .string(crt), "tls.key": .string(Base64.encode(Array(made.keyPEM.utf8)))],
            ])
        secret.labels = names.labels(of: objects.kind, version: objects.build.version)
        secret.annotations = [ComponentNames.ownerAnnotation: names.ownerAnnotationValue]
        secret.ownerReferences = [names.ownerReference(of: objects.skyfloAI.object)]
        let stored: KubeObject
        do {
            // Where another replica was faster, or somebody else, theirs is used.
            if let existing {
                secret.resourceVersion = existing.resourceVersion
                stored = try await api.apply(secret, in: .secrets, manager: ComponentNames.manager, force: true)
            } else {
                stored = try await api.create(
                    secret, in: .secrets, options: WriteOptions(fieldManager: ComponentNames.manager))
            }
        } catch let status as APIStatus {
            guard let refused = ComponentCause.refusal(status, of: "Secret/\(key.name)") else { throw status }
            return .unusable(refused)
        }
        caches.insert(stored, of: .secrets)
        return .usable(
            digest: ComponentNames.digest(crt), renewal: (try? made.validity().renewal) ?? clock.now)
    }
}
