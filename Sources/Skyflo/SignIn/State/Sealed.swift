import Crypto
import FoundationEssentials
import KubeModel

/// What a browser keeps for the server without being able to read or change it: AES-256-GCM, with the purpose bound to it.
enum Sealed {
    private static let limit = 4096

    static func seal(_ json: JSONValue, for purpose: String, with key: ServerKey) throws -> String {
        let box = try AES.GCM.seal(
            Array(JSONWriter.string(json).utf8), using: SymmetricKey(data: key.sealing),
            authenticating: Array(purpose.utf8))
        return "\(key.id).\(Base64.encodeURL(Array(box.combined ?? Data())))"
    }

    /// - Returns: nil for what wasn't sealed here for this purpose.
    static func open(_ text: String, for purpose: String, with keys: ServerKeys) async throws -> JSONValue? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard text.utf8.count <= limit, parts.count == 2, let bytes = Base64.decodeURL(String(parts[1])),
            let key = try await keys.key(String(parts[0])),
            let box = try? AES.GCM.SealedBox(combined: bytes),
            let plain = try? AES.GCM.open(
                box, using: SymmetricKey(data: key.sealing), authenticating: Array(purpose.utf8))
        else { return nil }
        return try? JSONParser.parse(plain)
    }
}
