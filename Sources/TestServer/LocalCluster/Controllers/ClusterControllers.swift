import KubeModel
import Logging

/// The controllers without which an API server isn't usable: namespaces empty themselves, dependents go with their
/// owners, CustomResourceDefinitions become served, and aggregated roles get their
/// rules.
struct ClusterControllers: Sendable {
    let storage: ObjectStorage
    let logger: Logger
    let rootCertificatePEM: String

    var store: ClusterStore { storage.store }

    func run() async {
        let collector = GarbageCollector(storage: storage, logger: logger)
        let namespaces = NamespaceController(storage: storage, logger: logger)
        let definitions = DefinitionController(storage: storage, logger: logger)
        let publisher = RootCertificatePublisher(
            storage: storage, logger: logger, certificatePEM: rootCertificatePEM)
        let aggregator = RoleAggregator(storage: storage, logger: logger)
        await EventFeed(store: store).run { events in
            for event in events {
                definitions.handle(event)
                collector.handle(event)
                namespaces.handle(event)
                publisher.handle(event)
                aggregator.handle(event)
            }
        }
    }
}

extension ObjectStorage {
    /// What a controller wants done to something that may be gone or changed meanwhile: that is no fault, the change that
    /// made it so comes as an event of its own.
    func attempt(_ logger: Logger, what: String, body: () throws(APIStatus) -> Void) {
        do throws(APIStatus) {
            try body()
        } catch  where error.isNotFound || error.isConflict {
            return
        } catch {
            logger.warning("\(what) failed: \(error.message)")
        }
    }
}
