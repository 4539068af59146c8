/** Blobs in memory keep the contract. */
import { memoryBlobs } from '../../src/blobs/memory.ts';
import { blobsContract } from '../contract/blobs.contract.ts';

blobsContract(async () => memoryBlobs());
