import KubeModel
import LanguageModels
import SkyfloAPI

/// The key of a model, from its Secret.
enum ModelKey {
    struct Failure: Error {
        /// Names the Secret and its key, never the value.
        var message: String
    }

    /// - Parameters:
    ///   - secret: nil where it doesn't exist.
    ///   - place: how messages name it.
    static func read(
        _ secret: KubeObject?, key: String, place: String, of model: String
    ) throws(Failure) -> Credential {
        guard let secret else {
            throw Failure(message: "\(place), which should contain the key of model \(model), does not exist")
        }
        guard SkyfloAI.mayHoldKey(secret) else {
            let type = secret["type"]?.string ?? ""
            throw Failure(
                message: "\(place) is of type \(type); keys of models are read from Secrets of type Opaque only")
        }
        let text = secret["data", key]?.string.flatMap(Base64.decode).map { String(decoding: $0, as: UTF8.self) }
        guard let text, !text.isEmpty else { throw Failure(message: "\(place) has no key \"\(key)\"") }
        let credential = Credential(text)
        guard !credential.secret.isEmpty else {
            throw Failure(message: "the key \"\(key)\" in \(place) contains only white space")
        }
        guard credential.fitsHeader else {
            throw Failure(
                message: "the value of \"\(key)\" in \(place) can't be sent as an API key: it has a line feed, another "
                    + "control character or a letter outside of ASCII inside")
        }
        return credential
    }
}
