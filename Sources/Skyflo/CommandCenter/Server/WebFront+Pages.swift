import ConversationAccess
import Hummingbird
import KubeModel
import NIOCore
import SkyfloAPI

/// The pages.
extension WebFront {
    func conversations(in visit: Visit) async throws -> WebResponse {
        let filter = try ConversationFilter(query: visit.web.query())
        let listing = try await visit.session.person.list(in: filter.namespace)
        if let namespace = filter.namespace { visit.session.remember(namespace: namespace) }
        let page = ConversationsPage(
            frame: frame(of: visit, at: .conversations), filter: filter, listing: listing, now: now())
        return WebResponse(.ok, html: page.html)
    }

    func waiting(in visit: Visit) async throws -> WebResponse {
        let person = visit.session.person
        let listing = try await person.list(in: nil)
        let waiting = try await person.waiting(in: listing)
        let page = WaitingPage(frame: frame(of: visit, at: .waiting), waiting: waiting, now: now())
        return WebResponse(.ok, html: page.html)
    }

    func newConversation(
        in visit: Visit, sent: Question? = nil, problem: String? = nil
    ) async throws -> WebResponse {
        let person = visit.session.person
        let known = try await person.knownNamespaces()
        var namespace = sent?.namespace
        if namespace == nil, let text = try visit.web.query()["namespace"], !text.isEmpty {
            namespace = try ConversationFilter.namespace(text)
        }
        let choices: Person.Choices? =
            if let namespace { try await person.choices(in: namespace) } else { nil }
        let page = NewConversationPage(
            frame: frame(of: visit, at: .new), namespaces: known, namespace: namespace, choices: choices, sent: sent,
            problem: problem, key: "ask-" + Secrecy.randomText().prefix(10))
        return WebResponse(problem == nil ? .ok : .unprocessableContent, html: page.html)
    }

    func conversation(
        _ key: ObjectKey, in visit: Visit, status: Int = 200, note: Note? = nil,
        draft: String? = nil
    ) async throws -> WebResponse {
        let client = visit.session.person.conversations(in: key.namespace ?? "")
        let conversation = try await client.get(key.name)
        let mayDecide = conversation.pendingApprovals.isEmpty ? true : try await client.mayApprove(key.name)
        var frame = frame(of: visit, at: .conversation(key))
        // Forms of this page come back to it, not to what was posted.
        frame.path = Route.conversation(key).link.text
        frame.note = note ?? frame.note
        let page = ConversationPage(
            frame: frame,
            view: ConversationMarkup(
                conversation,
                earlier: try await visit.session.earlierTurns(
                    of: conversation, operatorNamespace: operatorNamespace),
                user: visit.session.user, mayDecide: mayDecide, formKey: visit.session.formKey),
            draft: draft, messageKey: now().microTime)
        return WebResponse(.init(code: status), html: page.html)
    }

    func events(
        of key: ObjectKey, in visit: Visit, on channel: any Channel
    ) async throws -> WebResponse {
        let person = visit.session.person
        // Refusals come as such, not as a stream that ends.
        _ = try await person.conversations(in: key.namespace ?? "").get(key.name)
        guard let slot = streams.take(visit.session) else {
            return WebResponse(.tooManyRequests, text: "too many pages are open; close one first")
                .with(.retryAfter, value: "5")
        }
        let feed = ConversationFeed(
            session: visit.session, key: key, operatorNamespace: operatorNamespace, logger: logger)
        let request = visit.web.request
        return WebResponse(
            events: ResponseBody { writer in
                defer { withExtendedLifetime(slot) {} }
                try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    try await feed.run { text in try await writer.write(ByteBuffer(string: text)) }
                }
                try await writer.finish(nil)
            })
    }
}
