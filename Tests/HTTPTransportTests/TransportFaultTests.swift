import AsyncHTTPClient
import HTTPTransport
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@Suite struct TransportFaultTests {
    private struct Unknown: Error, CustomStringConvertible { let description = "Bearer canary" }

    @Test func `no error's own text is told`() {
        let errors: [any Error] = [
            HTTPClientError.deadlineExceeded, HTTPClientError.invalidProxyResponse, HTTPParserError.invalidVersion,
            ChannelError.ioOnClosedChannel, IOError(errnoCode: 111, reason: "connect(canary)"), Unknown(),
            NIOTooManyBytesError(maxBytes: 1), NIOSSLError.uncleanShutdown,
            SocketAddressError.FailedToParseIPByteBuffer(address: ByteBuffer()),
        ]
        for error in errors {
            let text = TransportFault.explanation(error)
            #expect(!text.isEmpty && !text.contains("canary"), "\(text)")
        }
        #expect(TransportFault.explanation(Unknown()) == "an error of type Unknown")
    }

    @Test func `a header that the HTTP client refuses isn't quoted`() async throws {
        var request = HTTPClientRequest(url: "http://127.0.0.1:1/")
        request.headers.add(name: "Authorization", value: "Bearer canary\n")
        let error = await #expect(throws: HTTPClientError.self) {
            try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        }
        let refused = try #require(error)
        // What makes this rule necessary.
        #expect("\(refused)".contains("canary"))
        #expect(TransportFault.explanation(refused) == "a header contains characters that are not allowed")
        #expect(TransportFault.isHeaderRefusal(refused))
    }

    @Test func `white space and a byte order mark around a credential are dropped`() {
        for text in ["key", "key\n", "key\r\n", " \tkey \n\n", "\u{FEFF}key\r\n", "\n\u{FEFF} key"] {
            #expect(CredentialText.trimmed(text) == "key")
        }
        #expect(CredentialText.trimmed(" \r\n\u{FEFF}").isEmpty)
        #expect(CredentialText.withoutLineEnds(" pass word \r\n\n") == " pass word ")
        #expect(CredentialText.fitsHeader("a b~é") && !CredentialText.fitsHeader("a\nb"))
        #expect(!CredentialText.fitsHeader("a\u{0}b") && !CredentialText.fitsHeader("a\u{7F}b"))
    }
}
