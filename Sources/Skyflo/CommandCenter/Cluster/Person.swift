import Concurrency
import ConversationAccess
import KubeClient
import KubeModel
import SkyfloAPI

/// Somebody who is signed in, towards the cluster: each request is sent with that person's own token, so what they see
/// and may do is decided there.
struct Person: Sendable {
    /// As whom the API server notes what is written.
    static let fieldManager = "skyflo-web"
    private static let pages = 20
    private static let atOnce = 8

    let api: any KubeAPI
    let name: String
    /// Where conversations may be that no list of namespaces names.
    let namespaces: Set<String>

    struct Listing: Sendable {
        var rows: [ConversationRow] = []
        /// Whose conversations the person may list, as far as is known.
        var namespaces: [String] = []
        /// There are more than are read.
        var isCut = false
    }

    func conversations(in namespace: String) -> ConversationClient {
        ConversationClient(api: api, namespace: namespace, fieldManager: Self.fieldManager)
    }

    // MARK: Lists

    /// All conversations that the person may list: of the cluster at once where that is allowed, else namespace by
    /// namespace, of those that the person may list or has named.
    /// - Throws: `APIStatus` 403 where a namespace is named, and 401.
    func list(in namespace: String?) async throws -> Listing {
        if let namespace {
            var listing = try await rows(in: namespace)
            listing.namespaces = (try? await knownNamespaces()) ?? [namespace]
            return listing
        }
        do {
            var listing = try await rows(in: nil)
            listing.namespaces = try await knownNamespaces()
            return listing
        } catch let status as APIStatus where status.isForbidden {
            return try await listByNamespace()
        }
    }

    private func listByNamespace() async throws -> Listing {
        let parts = try await knownNamespaces().concurrentMap(atOnce: Self.atOnce) { name -> (String, Listing)? in
            do {
                return (name, try await rows(in: name))
            } catch let status as APIStatus where status.isForbidden {
                return nil
            }
        }
        return parts.compactMap(\.self).reduce(into: Listing()) { whole, part in
            whole.rows += part.1.rows
            whole.namespaces.append(part.0)
            whole.isCut = whole.isCut || part.1.isCut
        }
    }

    /// Those that the person may list; without that right, those that are known otherwise.
    func knownNamespaces() async throws -> [String] {
        do {
            let found = try await api.listAll(.namespaces).items.map(\.name)
            return namespaces.union(found).sorted()
        } catch let status as APIStatus where status.isForbidden {
            return namespaces.sorted()
        }
    }

    /// Of the printer columns: a conversation itself may have 256 KiB.
    private func rows(in namespace: String?) async throws -> Listing {
        var listing = Listing()
        var token: String?
        for _ in 0..<Self.pages {
            var request = KubeRequest(
                .get, path: APIResource.conversations.path(namespace: namespace),
                query: [.init("limit", value: "500"), .init("includeObject", value: "Metadata")],
                accept: "application/json;as=Table;v=v1;g=meta.k8s.io, application/json")
            if let token { request[query: "continue"] = token }
            let table = try await api.call(request)
            guard table["kind"]?.string == "Table" else {
                throw KubeClientError(.badResponse, message: "the API server's list of conversations is not a table")
            }
            let columns = (table["columnDefinitions"]?.array ?? []).map { $0["name"]?.string ?? "" }
            listing.rows += (table["rows"]?.array ?? []).compactMap { ConversationRow($0, columns: columns) }
            token = table["metadata", "continue"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            if token == nil { return listing }
        }
        listing.isCut = true
        return listing
    }

    // MARK: What waits

    struct Waiting: Sendable {
        var conversation: Conversation
        var entries: [PendingApproval]
        var mayDecide: Bool
    }

    /// Conversations with something undecided on which the person hasn't voted; those that expire first on top.
    func waiting(in listing: Listing, limit: Int = 100) async throws -> [Waiting] {
        let rows = listing.rows.filter { $0.pending > 0 }.prefix(limit)
        let found = try await Array(rows).concurrentMap(atOnce: Self.atOnce) { row -> Waiting? in
            let client = conversations(in: row.key.namespace ?? "")
            do {
                let conversation = try await client.get(row.key.name)
                let entries = conversation.pendingApprovals.filter { entry in
                    !entry.approval.votes.contains { $0.user == name }
                }
                guard !entries.isEmpty else { return nil }
                let mayDecide = try await client.mayApprove(row.key.name)
                return Waiting(conversation: conversation, entries: entries, mayDecide: mayDecide)
            } catch let status as APIStatus where status.isNotFound || status.isForbidden {
                return nil
            }
        }
        func expiry(_ waiting: Waiting) -> Int64 {
            waiting.entries.compactMap { $0.approval.expiresAt?.microseconds }.min() ?? .max
        }
        return found.compactMap(\.self).sorted { (expiry($0), $0.conversation.key) < (expiry($1), $1.conversation.key) }
    }

    // MARK: Asking

    /// What a new conversation of a namespace may be made with.
    struct Choices: Sendable {
        var mayCreate = true
        /// nil where the person may not list them.
        var serviceAccounts: [String]?
        /// The models of the namespace's only SkyfloAI; empty where that isn't known.
        var models: [String] = []
    }

    func choices(in namespace: String) async throws -> Choices {
        var choices = Choices()
        choices.mayCreate = try await conversations(in: namespace).mayCreate()
        do {
            choices.serviceAccounts = try await api.listAll(.serviceAccounts, namespace: namespace).items.map(\.name)
                .sorted()
        } catch let status as APIStatus where status.isForbidden || status.isNotFound {
            choices.serviceAccounts = nil
        }
        do {
            let settings = try await api.listAll(.skyfloAIs, namespace: namespace).items
            if settings.count == 1 {
                choices.models = (settings[0]["spec", "models"]?.array ?? []).compactMap { $0["name"]?.string }
            }
        } catch let status as APIStatus where status.isForbidden || status.isNotFound {
            choices.models = []
        }
        return choices
    }

    /// Creates a conversation; one of that name that the same person made is the same one, sent twice.
    func ask(_ question: Question, name: String) async throws -> Conversation {
        var object = KubeObject(
            .conversations, namespace: question.namespace, name: name, members: ["spec": question.spec])
        object.annotations[SkyfloGroup.creatorAnnotation] = self.name
        let client = conversations(in: question.namespace)
        do {
            return try await client.create(object)
        } catch let status as APIStatus where status.isAlreadyExists {
            let existing = try await client.get(name)
            guard existing.creator == self.name, existing.spec.messages.first == question.message else { throw status }
            return existing
        }
    }
}

/// What somebody asks in a new conversation.
struct Question: Sendable, Hashable {
    var message: String
    var namespace: String
    var serviceAccount: String
    var model: String?
    var mode: ConversationSpec.ApprovalMode

    var spec: JSONValue {
        .compact([
            "messages": [["content": .string(message)]], "serviceAccountName": .string(serviceAccount),
            "model": model.map(JSONValue.string), "approval": ["mode": .string(mode.rawValue)],
        ])
    }
}
