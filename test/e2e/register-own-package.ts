// For `node --import`: lets a file outside of the repository import 'sessionbench', as an installed package would.
import { registerOwnPackage } from '../../src/scenario/own-package.ts'

registerOwnPackage()
