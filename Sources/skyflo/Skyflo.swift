import ArgumentParser
import AsyncHTTPClient
import Crypto
import Hummingbird
import HummingbirdTLS
import Logging
import Metrics
import ServiceLifecycle
import X509
import Yams

@main struct Skyflo: AsyncParsableCommand { func run() async throws {} }
