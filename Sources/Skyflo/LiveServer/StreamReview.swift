import ControllerRuntime
import Crypto
import KubeClient
import KubeModel
import SkyfloAPI

/// What somebody shows: their own token, or that of whoever acts for them.
struct CallerProof: Sendable, Hashable {
    var token: String
    /// For whom the token's owner acts; nil for nobody else.
    var user: String?
    var groups: [String] = []
}

/// What a stream is opened with.
enum StreamGrant: Sendable {
    /// By what proves who it is, which is kept to ask again.
    case caller(Caller, proof: CallerProof)
    /// By the stream key of a turn.
    case key(String)

    /// By what streams are counted.
    var account: String {
        switch self {
        case .caller(let caller, _): "user " + caller.name
        case .key(let key): "key " + key
        }
    }
}

/// Who may follow a conversation. What the API server said a moment ago isn't asked again, except for streams that are open.
struct StreamReview: Sendable {
    private let api: any KubeAPI
    private let callers: CallerReview

    init(api: any KubeAPI) {
        self.api = api
        callers = CallerReview(api: api)
    }

    /// - Returns: nil for a token that this cluster doesn't know.
    /// - Throws: `CallerRefused` for who may not act for that person; what keeps the API server from answering.
    func caller(of proof: CallerProof) async throws -> Caller? { try await Self.caller(of: proof, asking: callers) }

    /// Whether the caller may `get` the conversation, or a subresource of it.
    func mayGet(_ conversation: ObjectKey, subresource: String? = nil, by caller: Caller) async throws -> Bool {
        try await Self.mayGet(conversation, subresource: subresource, by: caller, asking: callers)
    }

    /// Whether a stream that is open may stay so, asked anew.
    func stillAllows(_ grant: StreamGrant, of conversation: ObjectKey) async throws -> Bool {
        guard case .caller(_, let proof) = grant else { return true }
        // One that remembers nothing yet.
        let fresh = CallerReview(api: api)
        do {
            guard let caller = try await Self.caller(of: proof, asking: fresh) else { return false }
            return try await Self.mayGet(conversation, by: caller, asking: fresh)
        } catch is CallerRefused {
            return false
        }
    }

    private static func caller(of proof: CallerProof, asking callers: CallerReview) async throws -> Caller? {
        let owner: Caller
        do {
            owner = try await callers.caller(token: proof.token)
        } catch is CallerRefused {
            return nil
        }
        return try await callers.effective(owner, user: proof.user, groups: proof.groups)
    }

    private static func mayGet(
        _ conversation: ObjectKey, subresource: String? = nil, by caller: Caller, asking callers: CallerReview
    ) async throws -> Bool {
        let path = APIResource.conversations.path(
            namespace: conversation.namespace, name: conversation.name, subresource: subresource)
        guard let access = ResourceAccess(KubeRequest(.get, path: path)) else { return false }
        return try await callers.allows(access, caller: caller)
    }
}

/// Compares secrets in a time that doesn't tell where they differ.
package func isEqualInConstantTime(_ a: String, to b: String) -> Bool {
    let (left, right) = (Array(SHA256.hash(data: Array(a.utf8))), Array(SHA256.hash(data: Array(b.utf8))))
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
