import KubeModel
import LanguageModels
import SkyfloAPI

/// The key of a model, from its Secret, and what else a model's description refers to.
enum ModelKey {
    /// What is read, which decides where from and what is asked of it.
    enum Use: Sendable, Hashable {
        case apiKey, header
        /// Read as an empty text where it is missing: only credentials that end by themselves have one.
        case sessionToken
        /// The file of a service account: JSON of several lines.
        case document
        /// Certificates, from a Secret.
        case authorities
        /// Certificates, from a ConfigMap.
        case publicAuthorities

        var resource: APIResource { self == .publicAuthorities ? Self.configMaps : .secrets }

        private static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")

        fileprivate var noun: String {
            switch self {
            case .apiKey, .sessionToken, .document: "the key"
            case .header: "a header"
            case .authorities, .publicAuthorities: "the certificate authorities"
            }
        }
    }

    struct Failure: Error {
        /// Names the Secret and its key, never the value.
        var message: String
        /// The Secret may not be read.
        var isForbidden = false
    }

    /// - Parameters:
    ///   - secret: nil where it doesn't exist.
    ///   - place: how messages name it.
    static func read(
        _ secret: KubeObject?, key: String, place: String, of model: String, use: Use = .apiKey
    ) throws(Failure) -> Credential {
        guard let secret else {
            throw Failure(message: "\(place), which should contain \(use.noun) of model \(model), does not exist")
        }
        if use == .publicAuthorities {
            guard let text = secret["data", key]?.string, !text.isEmpty else {
                throw Failure(message: "\(place) has no key \"\(key)\"")
            }
            return Credential(text)
        }
        guard SkyfloAI.mayHoldKey(secret) || use == .authorities && key == "ca.crt" else {
            let type = secret["type"]?.string ?? ""
            throw Failure(
                message: "\(place) is of type \(type); keys of models are read from Secrets of type Opaque only")
        }
        let text = secret["data", key]?.string.flatMap(Base64.decode).map { String(decoding: $0, as: UTF8.self) }
        if use == .sessionToken, text ?? "" == "" { return Credential("") }
        guard let text, !text.isEmpty else { throw Failure(message: "\(place) has no key \"\(key)\"") }
        let credential = Credential(text)
        guard !credential.secret.isEmpty else {
            throw Failure(message: "the key \"\(key)\" in \(place) contains only white space")
        }
        guard credential.fitsHeader || use == .authorities || use == .document else {
            throw Failure(
                message: "the value of \"\(key)\" in \(place) can't be sent as an API key: it has a line feed, another "
                    + "control character or a letter outside of ASCII inside")
        }
        return credential
    }
}
